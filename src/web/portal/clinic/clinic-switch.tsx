import { Link } from "wouter";
import { useWords } from "../language-choice.ts";
import { useClinic } from "./use-clinic.ts";

const switchWords = {
  en: { label: "Clinics", clinic: (id: string) => `Clinic ${id}` },
  th: { label: "คลินิก", clinic: (id: string) => `คลินิก ${id}` },
};

/** The clinics of whoever belongs to several. */
export function ClinicSwitch({ chosen }: { readonly chosen: string }) {
  const words = useWords(switchWords);
  const { own } = useClinic();
  if (own.length < 2) return null;
  return (
    <nav className="clinic-switch" aria-label={words.label}>
      {own.map((clinic) => (
        <Link
          key={clinic}
          href={`/${encodeURIComponent(clinic)}`}
          aria-current={clinic === chosen ? "page" : undefined}
        >
          {words.clinic(clinic)}
        </Link>
      ))}
    </nav>
  );
}
