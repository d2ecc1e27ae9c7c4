import { useWords } from "../language-choice.ts";
import { usePortal, useStory } from "../portal-context.ts";
import { Button } from "../ui/button.tsx";

const failureWords = {
  en: { text: "Your records could not be fetched.", again: "Try again" },
  th: { text: "ไม่สามารถดึงข้อมูลของคุณได้", again: "ลองอีกครั้ง" },
};

/** Says that the log could not be read, where it could not. */
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
