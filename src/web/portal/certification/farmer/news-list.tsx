import { RelativeTime } from "../../../../react/index.ts";
import { useLanguage, useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useFormat } from "../../ui/format.ts";
import { useArrivals } from "../../ui/use-arrivals.ts";
import { Feed, FeedRow } from "../feed.tsx";
import { describe } from "./describe.ts";
import type { News } from "./farm.ts";

const newsListWords = {
  en: { title: "Latest news", empty: "What happens to your applications is told here as it happens." },
  th: { title: "ข่าวล่าสุด", empty: "ความคืบหน้าของคำขอจะแสดงที่นี่ทันที" },
};

const SHOWN = 6;

/** The last that was told, the newest on top. */
export function NewsList({ news, isReady }: { readonly news: readonly News[]; readonly isReady: boolean }) {
  const words = useWords(newsListWords);
  const { language } = useLanguage();
  const format = useFormat();
  const hasArrived = useArrivals(
    news.map(({ id }) => id),
    isReady,
  );
  return (
    <Card title={words.title}>
      <Feed
        label={words.title}
        reserve={SHOWN}
        isReady={isReady}
        empty={<Empty icon="bell">{words.empty}</Empty>}
      >
        {news.slice(0, SHOWN).map((one) => {
          const { icon, tone, title, subject, detail } = describe(one, language, format);
          const text = [subject, detail].filter((part) => part).join(" · ");
          return (
            <FeedRow
              key={one.id}
              {...{ icon, tone, title, text }}
              note={<RelativeTime at={one.at} className="number" />}
              isNew={hasArrived(one.id)}
            />
          );
        })}
      </Feed>
    </Card>
  );
}
