import { useEffect, useState } from "react";
import { useConnection } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { Button } from "../ui/button.tsx";

const refusedWords = {
  en: { text: "The service does not take your token, or not any more.", again: "Sign in again" },
  th: { text: "บริการไม่รับโทเค็นของคุณ หรือโทเค็นหมดอายุแล้ว", again: "เข้าสู่ระบบอีกครั้ง" },
  vi: { text: "Dịch vụ không chấp nhận mã của bạn, hoặc mã đã hết hạn.", again: "Đăng nhập lại" },
};

/** Whether the service refused the token that was brought; it stays refused while it is tried again. */
export function useRefused(): boolean {
  const { session } = usePortal();
  const state = useConnection();
  const [isRefused, setRefused] = useState(false);
  const { status } = state;
  const reason = status === "disconnected" ? state.reason : undefined;
  useEffect(() => {
    if (status === "connected") setRefused(false);
    else if (reason === "unauthorized" || reason === "token_expired") setRefused(true);
  }, [status, reason]);
  return isRefused && session.token !== undefined;
}

/** Says that the token is no good: waiting for a connection would be in vain. */
export function RefusedToken() {
  const { signOut } = usePortal();
  const words = useWords(refusedWords);
  return (
    <div className="refused-token" role="alert">
      <p className="problem">{words.text}</p>
      <Button icon="key" onClick={signOut}>
        {words.again}
      </Button>
    </div>
  );
}
