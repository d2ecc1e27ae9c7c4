import { Link } from "wouter";
import type { Received } from "../../../client/index.ts";
import { ChannelSubscriber } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { Icon } from "../ui/icon.tsx";
import { alertsOf, openCritical } from "./alerts.ts";
import { useRoomLog } from "./use-room-log.ts";

const watchWords = {
  en: {
    open: (count: number) => `${count} critical`,
    openAt: (count: number, clinic: string) => `Clinic ${clinic}: ${count} critical`,
    said: (clinic: string, message: string) => `Critical alert, clinic ${clinic}: ${message}`,
  },
  th: {
    open: (count: number) => `วิกฤต ${count} เรื่อง`,
    openAt: (count: number, clinic: string) => `คลินิก ${clinic}: วิกฤต ${count} เรื่อง`,
    said: (clinic: string, message: string) => `การเตือนระดับวิกฤต คลินิก ${clinic}: ${message}`,
  },
};

/** How many critical alerts of a clinic nobody has seen to, on every page; one that comes is said at once. */
export function CriticalWatch({ clinic }: { readonly clinic: string }) {
  const { session } = usePortal();
  const words = useWords(watchWords);
  const name = `clinic:${clinic}:alerts`;
  const told = useRoomLog(name);
  const seen = useRoomLog(`clinic:${clinic}:acknowledged`);
  const count = openCritical(alertsOf(told.events, seen.events)).length;
  const text = session.tenants.length > 1 ? words.openAt(count, clinic) : words.open(count);
  return (
    <>
      <ChannelSubscriber channel={name} keep={1}>
        {({ events }) => (
          <p className="visually-hidden" role="alert">
            {criticalAmong(events).map((message) => words.said(clinic, message))}
          </p>
        )}
      </ChannelSubscriber>
      {count > 0 && (
        <Link
          className="critical"
          href={`/alerts/${encodeURIComponent(clinic)}`}
          aria-label={text}
          title={text}
        >
          <Icon name="alert" size={16} />
          <span className="critical-words">{text}</span>
          <span className="critical-count">{count}</span>
        </Link>
      )}
    </>
  );
}

function criticalAmong(events: readonly Received[]): readonly string[] {
  return openCritical(alertsOf(events, [])).map(({ message }) => message);
}
