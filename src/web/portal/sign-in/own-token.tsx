import { type FormEvent, useState } from "react";
import { useLanguage, useWords } from "../language-choice.ts";
import { sessionOfToken } from "../session.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import type { SignInProps } from "./sign-in.tsx";

const tokenWords = {
  en: {
    open: "Sign in with a token",
    label: "Token",
    hint: "It stays in this window until you sign out.",
    wrong: "This is not a token.",
    signIn: "Sign in",
  },
  th: {
    open: "เข้าสู่ระบบด้วยโทเค็น",
    label: "โทเค็น",
    hint: "โทเค็นจะอยู่ในหน้าต่างนี้จนกว่าคุณจะออกจากระบบ",
    wrong: "ข้อความนี้ไม่ใช่โทเค็น",
    signIn: "เข้าสู่ระบบ",
  },
  vi: {
    open: "Đăng nhập bằng mã",
    label: "Mã",
    hint: "Mã được giữ trong cửa sổ này cho đến khi bạn đăng xuất.",
    wrong: "Đây không phải là mã hợp lệ.",
    signIn: "Đăng nhập",
  },
};

/** For who brings a token: what it says decides which pages are shown, and the service decides whether it is true. */
export function OwnToken({ signIn, isOpen }: SignInProps & { readonly isOpen: boolean }) {
  const words = useWords(tokenWords);
  const { language } = useLanguage();
  const [isWrong, setWrong] = useState(false);
  const enter = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const session = sessionOfToken(`${new FormData(event.currentTarget).get("token") ?? ""}`, language);
    setWrong(session === undefined);
    if (session) signIn(session);
  };
  return (
    <details className="card own-token" open={isOpen}>
      <summary>{words.open}</summary>
      <form onSubmit={enter}>
        <Field label={words.label} hint={words.hint}>
          {({ id, describedBy }) => (
            <textarea
              id={id}
              name="token"
              rows={4}
              required
              autoComplete="off"
              spellCheck={false}
              aria-describedby={describedBy}
              aria-invalid={isWrong}
            />
          )}
        </Field>
        <p className="problem" role="alert">
          {isWrong ? words.wrong : ""}
        </p>
        <Button type="submit" kind="primary" icon="key">
          {words.signIn}
        </Button>
      </form>
    </details>
  );
}
