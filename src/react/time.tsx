import { useLocale } from "./provider.tsx";
import { exactTime, relativeTime } from "./relative-time.ts";
import { useNow } from "./use-now.ts";

export interface RelativeTimeProps {
  /** ms since 1970. */
  readonly at: number;
  readonly className?: string | undefined;
}

/** How long ago something was, kept up to date; the moment itself is what a pointer over it shows. */
export function RelativeTime({ at, className = "carillon-time" }: RelativeTimeProps) {
  const locale = useLocale();
  const now = useNow();
  const moment = new Date(at).toISOString();
  // A server knows neither the reader's clock nor the time zone.
  if (now === undefined) return <time className={className} dateTime={moment} />;
  return (
    <time className={className} dateTime={moment} title={exactTime(at, locale)}>
      {relativeTime(at, Math.max(now, at), locale)}
    </time>
  );
}
