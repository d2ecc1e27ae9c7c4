import { useEffect, useMemo, useState } from "react";
import { useConnection } from "../../../../react/index.ts";
import { usePortal } from "../../portal-context.ts";
import type { Heard } from "../heard.ts";
import { useHeard } from "../use-heard.ts";
import { type Attendance, attendanceOf, type RollCall } from "./attendance.ts";
import { callTheRoll } from "./roll-call.ts";

/** Who is online: asked for whenever the connection comes, and followed from there. Nothing while it is not known. */
export function useAttendance(): Attendance | undefined {
  const { token } = usePortal();
  const { status } = useConnection();
  const { status: read, told } = useHeard(comingAndGoing);
  const [answer, setAnswer] = useState<{ readonly rollCall: RollCall | undefined }>();
  useEffect(() => {
    if (status !== "connected") return;
    let isHere = true;
    const ask = async () => {
      // Who is no operator sees those who come from now on.
      const rollCall = await token()
        .then(callTheRoll)
        .catch(() => undefined);
      if (isHere) setAnswer((before) => ({ rollCall: rollCall ?? before?.rollCall }));
    };
    void ask();
    return () => {
      isHere = false;
    };
  }, [status, token]);
  return useMemo(
    () => (answer && read === "ready" ? attendanceOf(answer.rollCall, told) : undefined),
    [answer, read, told],
  );
}

function comingAndGoing(events: readonly Heard[]): readonly Heard[] {
  return events.filter(({ event }) => event === "user:presence");
}
