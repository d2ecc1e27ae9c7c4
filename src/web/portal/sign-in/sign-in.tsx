import { useWords } from "../language-choice.ts";
import type { Session } from "../session.ts";
import { Arrival } from "../shell/arrival.tsx";
import { Brand } from "../shell/brand.tsx";
import { useDevelopment } from "../shell/development.ts";
import { LanguageSelect } from "../shell/language-select.tsx";
import { ThemeButton } from "../shell/theme-button.tsx";
import { Cast } from "./cast.tsx";
import { OwnToken } from "./own-token.tsx";

const signInWords = {
  en: {
    title: "Who are you today?",
    demo: "Choose somebody of the demo. Open a second window as somebody else, and see both move together.",
    token: "This service hands out no tokens. Bring one of yours.",
    loading: "Looking for the service…",
  },
  th: {
    title: "วันนี้คุณเป็นใคร",
    demo: "เลือกตัวละครของการสาธิต แล้วเปิดอีกหน้าต่างหนึ่งเป็นคนอื่น จะเห็นทั้งสองหน้าต่างขยับไปด้วยกัน",
    token: "บริการนี้ไม่ออกโทเค็นให้ โปรดใช้โทเค็นของคุณ",
    loading: "กำลังติดต่อบริการ…",
  },
  vi: {
    title: "Hôm nay bạn là ai?",
    demo: "Chọn một người trong bản trình diễn. Mở cửa sổ thứ hai với người khác để thấy cả hai cùng thay đổi.",
    token: "Dịch vụ này không cấp mã. Hãy dùng mã của bạn.",
    loading: "Đang tìm dịch vụ…",
  },
};

export interface SignInProps {
  readonly signIn: (session: Session) => void;
}

/** Where one comes in: as somebody of the demo on a developer's own machine, with a token of one's own anywhere. */
export function SignIn({ signIn }: SignInProps) {
  const words = useWords(signInWords);
  const isDevelopment = useDevelopment();
  return (
    <div className="sign-in">
      <header className="top-bar">
        <Brand />
        <div className="top-tools">
          <LanguageSelect />
          <ThemeButton />
        </div>
      </header>
      <Arrival path="/" title={words.title} />
      <main id="main">
        <h1 tabIndex={-1}>{words.title}</h1>
        <p className="lead">{leadOf(isDevelopment, words)}</p>
        {isDevelopment === true && <Cast signIn={signIn} />}
        {isDevelopment !== undefined && <OwnToken signIn={signIn} isOpen={!isDevelopment} />}
      </main>
    </div>
  );
}

function leadOf(isDevelopment: boolean | undefined, words: typeof signInWords.en): string {
  if (isDevelopment === undefined) return words.loading;
  return isDevelopment ? words.demo : words.token;
}
