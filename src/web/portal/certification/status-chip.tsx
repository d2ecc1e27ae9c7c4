import { useLanguage } from "../language-choice.ts";
import { Chip } from "../ui/chip.tsx";
import { statusIn, toneOf } from "./status-words.ts";

/** How far an application has come. */
export function StatusChip({ status }: { readonly status: string }) {
  const { language } = useLanguage();
  return <Chip tone={toneOf(status)}>{statusIn(language, status)}</Chip>;
}
