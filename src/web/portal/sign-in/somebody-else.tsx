import { type FormEvent, useId, useState } from "react";
import { useLanguage, useWords } from "../language-choice.ts";
import { people, type Scenario } from "../people.ts";
import { sessionOf } from "../session.ts";
import { RoleNames } from "../shell/role-names.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import type { SignInProps } from "./sign-in.tsx";

const elseWords = {
  en: { open: "Somebody else", id: "User id", role: "Role", signIn: "Sign in" },
  th: { open: "เป็นคนอื่น", id: "รหัสผู้ใช้", role: "บทบาท", signIn: "เข้าสู่ระบบ" },
  vi: { open: "Người khác", id: "Mã người dùng", role: "Vai trò", signIn: "Đăng nhập" },
};

/** A user id of one's own choice with one of the scenario's roles. */
export function SomebodyElse({ scenario, signIn }: SignInProps & { readonly scenario: Scenario }) {
  const words = useWords(elseWords);
  const { language } = useLanguage();
  const group = useId();
  const kinds = people[scenario].filter(
    ({ roles }, index, all) => all.findIndex((other) => `${other.roles}` === `${roles}`) === index,
  );
  const [kind, setKind] = useState(0);
  const enter = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const id = `${new FormData(event.currentTarget).get("id") ?? ""}`.trim();
    const like = kinds[kind];
    if (id !== "" && like) signIn(sessionOf({ ...like, id, name: id, language }, scenario));
  };
  return (
    <details className="somebody">
      <summary>{words.open}</summary>
      <form onSubmit={enter}>
        <Field label={words.id}>
          {({ id }) => (
            <input id={id} name="id" required maxLength={100} autoComplete="off" spellCheck={false} />
          )}
        </Field>
        <fieldset className="choices">
          <legend>{words.role}</legend>
          {kinds.map(({ id, roles }, index) => (
            <label key={id}>
              <input type="radio" name={group} checked={index === kind} onChange={() => setKind(index)} />
              <RoleNames roles={roles} />
            </label>
          ))}
        </fieldset>
        <Button type="submit">{words.signIn}</Button>
      </form>
    </details>
  );
}
