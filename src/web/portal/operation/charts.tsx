import { useCallback, useRef } from "react";
import { useLanguage, useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import type { Tone } from "../ui/tone.ts";
import { LineChart } from "./line-chart.tsx";
import type { OperatorApi } from "./operator-api.ts";
import { PollingFailure } from "./polling-failure.tsx";
import { pointsOf, type Reading, readingOf } from "./readings.ts";
import { usePolled } from "./use-polled.ts";

const chartWords = {
  en: {
    connections: "Connections",
    deliveries: "Deliveries a second",
    latency: "Delivery, 95 of 100 within",
    since: "The last two minutes that this page was open",
  },
  th: {
    connections: "การเชื่อมต่อ",
    deliveries: "การส่งต่อวินาที",
    latency: "เวลาส่ง 95 ใน 100 ครั้ง ไม่เกิน",
    since: "สองนาทีล่าสุดที่เปิดหน้านี้",
  },
  vi: {
    connections: "Kết nối",
    deliveries: "Lượt gửi mỗi giây",
    latency: "Thời gian gửi, 95 trên 100 trong",
    since: "Hai phút gần nhất khi mở trang này",
  },
};

/** What stands where nothing is known yet. */
const NONE = "–";
/** ms from one reading to the next. */
const EVERY = 2000;
/** Two minutes of them. */
const MOST = 60;

/** How connections, deliveries and their latency have gone since the page was opened. */
export function Charts({ api }: { readonly api: OperatorApi }) {
  const words = useWords(chartWords);
  const { language } = useLanguage();
  const readings = useRef<readonly Reading[]>([]);
  const ask = useCallback(async () => {
    const [{ connections, at }, metrics] = await Promise.all([api.stats(), api.metrics()]);
    readings.current = [...readings.current, readingOf(metrics, connections, at)].slice(-MOST);
    return readings.current;
  }, [api]);
  const polled = usePolled(ask, EVERY);
  const { value: known = [] } = polled;
  const points = pointsOf(known);
  const last = points.at(-1)?.deliveries;
  const connected = known.at(-1)?.connections;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const ms = new Intl.NumberFormat(language, { style: "unit", unit: "millisecond" });
  const latency = points.findLast((point) => point.latency !== undefined)?.latency;
  const charts: readonly Chart[] = [
    {
      title: words.connections,
      text: connected === undefined ? NONE : number.format(connected),
      values: known.map(({ connections }) => connections),
      tone: "blue",
    },
    {
      title: words.deliveries,
      text: last === undefined ? NONE : number.format(last),
      values: points.map(({ deliveries }) => deliveries),
      tone: "green",
    },
    {
      title: words.latency,
      text: latency === undefined ? NONE : ms.format(latency),
      values: points.map((point) => point.latency),
      tone: "violet",
    },
  ];
  return (
    <>
      <PollingFailure of={polled} />
      <div className="charts">
        {charts.map(({ title, text, values, tone }) => (
          <Card key={title} title={title}>
            <p className="chart-value number">{text}</p>
            <LineChart label={`${title}: ${text}`} values={values} room={MOST} tone={tone} />
            <p className="when">{words.since}</p>
          </Card>
        ))}
      </div>
    </>
  );
}

interface Chart {
  readonly title: string;
  readonly text: string;
  readonly values: readonly (number | undefined)[];
  readonly tone: Tone;
}
