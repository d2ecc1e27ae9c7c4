import { useLanguage, useWords } from "../../language-choice.ts";
import { useFormat } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { useArrivals } from "../../ui/use-arrivals.ts";
import type { Step } from "./applications.ts";
import { describe } from "./describe.ts";

const timelineWords = { en: "What has happened, in its order", th: "ความคืบหน้าตามลำดับเวลา" };

/** What has happened to an application, in its order: what comes is added at the end, so nothing moves. */
export function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  const label = useWords(timelineWords);
  const { language } = useLanguage();
  const format = useFormat();
  const hasArrived = useArrivals(
    steps.map(({ id }) => id),
    true,
  );
  return (
    <ol className="timeline" aria-label={label}>
      {steps.map((step) => {
        const { icon, tone, title, detail } = describe(step, language, format);
        return (
          <li key={step.id} className={hasArrived(step.id) ? "arrived" : undefined}>
            <span className="tile" data-tone={tone}>
              <Icon name={icon} size={18} />
            </span>
            <div>
              <p>
                <strong>{title}</strong>
              </p>
              {detail !== "" && <p>{detail}</p>}
              <time className="when" dateTime={new Date(step.at).toISOString()}>
                {format.moment(step.at)}
              </time>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
