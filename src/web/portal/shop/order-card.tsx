import { useLanguage, useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { useFormat } from "../ui/format.ts";
import { OrderSteps } from "./order-steps.tsx";
import { inLanguage, type Order } from "./orders.ts";
import { stepTones, stepWords } from "./step-words.ts";

const cardWords = {
  en: { order: (number: string) => `Order ${number}`, total: "Total", tracking: "Tracking number" },
  th: { order: (number: string) => `คำสั่งซื้อ ${number}`, total: "ยอดรวม", tracking: "เลขพัสดุ" },
};

export interface OrderCardProps {
  readonly order: Order;
  /** It has come, or moved, while somebody looked. */
  readonly isNew: boolean;
}

/** One order of a customer's: how far it is, what is in it. */
export function OrderCard({ order, isNew }: OrderCardProps) {
  const { language } = useLanguage();
  const { money } = useFormat();
  const words = useWords(cardWords);
  const steps = useWords(stepWords);
  return (
    <Card
      title={words.order(order.number)}
      aside={<Chip tone={stepTones[order.status]}>{steps[order.status]}</Chip>}
    >
      <OrderSteps order={order} isNew={isNew} />
      <dl className="order-facts">
        {order.lines.map((line) => (
          <div key={inLanguage(line.name, "en")}>
            <dt>{inLanguage(line.name, language)}</dt>
            <dd className="number">× {line.quantity}</dd>
          </div>
        ))}
        {order.total !== undefined && (
          <div className="order-total">
            <dt>{words.total}</dt>
            <dd className="number">{money(order.total)}</dd>
          </div>
        )}
        <div>
          <dt>{words.tracking}</dt>
          <dd className="number">{order.trackingNumber ?? "–"}</dd>
        </div>
      </dl>
    </Card>
  );
}
