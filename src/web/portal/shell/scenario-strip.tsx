import { lazy, Suspense } from "react";
import { usePortal } from "../portal-context.ts";
import type { Session } from "../session.ts";
import { Failing } from "./failing.tsx";

const ClinicStrip = lazy(() => import("../clinic/strip.tsx"));

/** Whether somebody has a strip above their pages that tells announcements. */
export function hasStrip({ scenario }: Session): boolean {
  return scenario === "clinic";
}

/** What stands above every page of a scenario; its place is kept while it is fetched. */
export function ScenarioStrip() {
  const { session } = usePortal();
  if (!hasStrip(session)) return null;
  return (
    <Failing>
      <Suspense fallback={<div className="strip-place" />}>
        <ClinicStrip />
      </Suspense>
    </Failing>
  );
}
