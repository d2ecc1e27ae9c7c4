import { useWords } from "../language-choice.ts";
import { usePortal, useStory } from "../portal-context.ts";
import { Button } from "../ui/button.tsx";

const failureWords = {
  en: { text: "Your records could not be fetched.", again: "Try again" },
  th: { text: "ไม่สามารถดึงข้อมูลของคุณได้", again: "ลองอีกครั้ง" },
  vi: { text: "Không tải được dữ liệu của bạn.", again: "Thử lại" },
};

/** Says on every page that the log could not be read, where it could not, and lets it be tried again. */
export function LogFailure() {
  const { status } = useStory();
  const { story } = usePortal();
  const words = useWords(failureWords);
  if (status !== "failed") return null;
  return (
    <div className="log-failure" role="alert">
      <p className="problem">{words.text}</p>
      <Button onClick={() => void story.read()}>{words.again}</Button>
    </div>
  );
}
