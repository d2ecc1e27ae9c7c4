import { useWords } from "../language-choice.ts";
import { Refused } from "../service.ts";

const refusalWords = {
  en: {
    refused: (code: string) => `The service has refused this: ${code}`,
    forbidden: "The service does not count you among its operators.",
    unavailable: "The service cannot be reached.",
  },
  th: {
    refused: (code: string) => `ระบบปฏิเสธคำขอนี้: ${code}`,
    forbidden: "ระบบไม่นับคุณเป็นผู้ควบคุมระบบ",
    unavailable: "ติดต่อระบบไม่ได้",
  },
  vi: {
    refused: (code: string) => `Dịch vụ đã từ chối: ${code}`,
    forbidden: "Dịch vụ không coi bạn là người vận hành.",
    unavailable: "Không liên lạc được với dịch vụ.",
  },
};

/** Says in the reader's language why something that an operator asked for was not done. */
export function useRefusalWords(): (error: unknown) => string {
  const words = useWords(refusalWords);
  return (error) => {
    const code = error instanceof Refused ? error.code : "unavailable";
    return code === "forbidden" || code === "unavailable" ? words[code] : words.refused(code);
  };
}
