import { useLanguage, useWords } from "../language-choice.ts";
import { useFormat } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { type Order, steps } from "./orders.ts";
import { stepWords } from "./step-words.ts";

const stepsWords = {
  en: { steps: (number: string) => `Progress of order ${number}` },
  th: { steps: (number: string) => `ความคืบหน้าของคำสั่งซื้อ ${number}` },
};

/** The way of an order: what is behind it with its time, where it is, and what is still to come. */
export function OrderSteps({ order, isNew }: { readonly order: Order; readonly isNew: boolean }) {
  const { language } = useLanguage();
  const label = useWords(stepsWords).steps(order.number);
  const words = useWords(stepWords);
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const { time } = useFormat();
  const current = steps.indexOf(order.status);
  return (
    <ol className="order-steps" aria-label={label}>
      {steps.map((step, place) => {
        const at = order.reached.get(step);
        const isReached = place <= current;
        return (
          <li
            key={step}
            className={isNew && place === current ? "arrived" : undefined}
            data-reached={isReached || undefined}
            aria-current={place === current ? "step" : undefined}
          >
            <span className="order-dot">{isReached && <Icon name="check" size={14} />}</span>
            <span className="order-step">{words[step]}</span>
            <span className="when">
              {at !== undefined && (
                <>
                  <span>{day.format(at)}</span> <span>{time(at)}</span>
                </>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
