import "../clinic.css";
import "./broadcast.css";
import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useLocation, useRoute } from "wouter";
import { useWords } from "../../language-choice.ts";
import { usePortal } from "../../portal-context.ts";
import { Refused } from "../../service.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { AudienceFields } from "./audience-fields.tsx";
import { Confirm } from "./confirm.tsx";
import { emptyDraft, problemOf, publicationOf } from "./draft.ts";
import { Preview } from "./preview.tsx";
import { ReachCard, type Sent } from "./reach-card.tsx";
import { refusalWords } from "./refusal-words.ts";
import { send } from "./send.ts";
import { TextFields } from "./text-fields.tsx";

const broadcastWords = {
  en: {
    title: "Broadcast",
    lead: "Say something to everyone, or to some, in their own language.",
    message: "Message",
    send: "Send",
    sending: "Sending…",
    nobody: "Choose at least one of them.",
    empty: "Write a title and a message in at least one language.",
    half: "A language needs both a title and a message.",
  },
  th: {
    title: "ส่งประกาศ",
    lead: "แจ้งทุกคนหรือบางกลุ่ม ในภาษาของแต่ละคน",
    message: "เนื้อหา",
    send: "ส่ง",
    sending: "กำลังส่ง…",
    nobody: "โปรดเลือกอย่างน้อยหนึ่งรายการ",
    empty: "โปรดเขียนหัวข้อและข้อความอย่างน้อยหนึ่งภาษา",
    half: "แต่ละภาษาต้องมีทั้งหัวข้อและข้อความ",
  },
};

type Step = "writing" | "confirming" | "sending";

/** Where an administrator broadcasts, signed in as a user. */
export default function BroadcastPage() {
  const { token } = usePortal();
  const words = useWords(broadcastWords);
  const refusals = useWords(refusalWords);
  const [, go] = useLocation();
  const [, params] = useRoute<{ id: string }>("/:id");
  const [draft, setDraft] = useState(emptyDraft);
  const [step, setStep] = useState<Step>("writing");
  const [problem, setProblem] = useState<ReturnType<typeof problemOf> | Refused>();
  const [sent, setSent] = useState<Sent>();
  // The number under which this very draft was tried before, so that it is delivered once however often it is tried.
  const isHere = useIsHere();
  const tried = useRef<{ readonly draft: typeof draft; readonly id: string; readonly at: number }>(undefined);

  const post = async () => {
    setStep("sending");
    const at = Date.now();
    const first = tried.current?.draft === draft ? tried.current : { draft, id: newId(at), at };
    tried.current = first;
    try {
      const targets = await send(publicationOf(draft, first.id, first.at), await token());
      tried.current = undefined;
      setSent({ id: first.id, targets, draft });
      setDraft((now) => ({ ...now, texts: emptyDraft.texts }));
      // Whoever has gone to another page meanwhile is not brought back.
      if (isHere.current) go(`/${first.id}`);
    } catch (error) {
      setProblem(error instanceof Refused ? error : new Refused("unavailable", `${error}`));
    }
    setStep("writing");
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wrong = problemOf(draft);
    setProblem(wrong);
    if (wrong) return;
    if (draft.audience === "everyone") setStep("confirming");
    else void post();
  };
  const change = (next: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...next }));
  const inWords =
    problem instanceof Refused
      ? (refusals[problem.code] ?? `${refusals.other} ${problem.message}`)
      : problem && words[problem];
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="broadcast">
        <Card title={words.message}>
          <form className="form" noValidate onSubmit={submit}>
            <AudienceFields draft={draft} change={change} />
            <TextFields draft={draft} change={change} />
            <p className="problem" role="alert">
              {inWords}
            </p>
            <Button type="submit" kind="primary" icon="send" disabled={step === "sending"}>
              {step === "sending" ? words.sending : words.send}
            </Button>
          </form>
        </Card>
        <div className="broadcast-side">
          {params && (
            <ReachCard key={params.id} id={params.id} sent={sent?.id === params.id ? sent : undefined} />
          )}
          <Preview draft={draft} />
        </div>
      </div>
      {step === "confirming" && <Confirm confirm={() => void post()} cancel={() => setStep("writing")} />}
    </Page>
  );
}

/** Whether the page is still looked at when something that it waited for has come. */
function useIsHere(): RefObject<boolean> {
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return isHere;
}

function newId(at: number): string {
  return `announcement-${at.toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
