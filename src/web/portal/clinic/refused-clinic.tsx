import { Link } from "wouter";
import { useWords } from "../language-choice.ts";
import { Chip } from "../ui/chip.tsx";
import { Icon } from "../ui/icon.tsx";
import { useClinic } from "./use-clinic.ts";

const refusedWords = {
  en: {
    forbidden: (clinic: string) => `Clinic ${clinic} is not yours`,
    text: "The service shows a clinic to its own staff only, and has refused to let you follow this one.",
    other: "The service does not let you follow this clinic",
    own: (clinic: string) => `Go to clinic ${clinic}`,
    said: "Its answer:",
  },
  th: {
    forbidden: (clinic: string) => `คุณไม่ได้อยู่ในคลินิก ${clinic}`,
    text: "ระบบแสดงข้อมูลของคลินิกให้เฉพาะเจ้าหน้าที่ของคลินิกนั้น จึงไม่อนุญาตให้คุณติดตามคลินิกนี้",
    other: "ระบบไม่อนุญาตให้คุณติดตามคลินิกนี้",
    own: (clinic: string) => `ไปที่คลินิก ${clinic}`,
    said: "คำตอบของระบบ:",
  },
};

export interface RefusedClinicProps {
  readonly clinic: string;
  /** What the service answered. */
  readonly code: string | undefined;
}

/** The service's refusal, in words. */
export function RefusedClinic({ clinic, code = "forbidden" }: RefusedClinicProps) {
  const words = useWords(refusedWords);
  const { own } = useClinic();
  return (
    <div className="card refused" role="alert">
      <span className="tile" data-tone="red">
        <Icon name="key" />
      </span>
      <h2>{code === "forbidden" ? words.forbidden(clinic) : words.other}</h2>
      <p className="soft">{words.text}</p>
      <p className="hint">
        {words.said} <Chip tone="red">{code}</Chip>
      </p>
      {own[0] !== undefined && (
        <Link className="button" href={`/${encodeURIComponent(own[0])}`}>
          {words.own(own[0])}
        </Link>
      )}
    </div>
  );
}
