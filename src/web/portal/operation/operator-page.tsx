import "./operation.css";
import { useMemo } from "react";
import { useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { Page } from "../ui/page.tsx";
import { Charts } from "./charts.tsx";
import { Connections } from "./connections.tsx";
import { DeadLetterList } from "./dead-letter-list.tsx";
import { OperatorApi } from "./operator-api.ts";
import { Overview } from "./overview.tsx";

const operatorWords = {
  en: { title: "Operation", lead: "How the service is doing, now." },
  th: { title: "การดำเนินงาน", lead: "สถานะของบริการในขณะนี้" },
  vi: { title: "Vận hành", lead: "Tình trạng của dịch vụ lúc này." },
};

/** What whoever runs the service looks at. */
export default function OperatorPage() {
  const words = useWords(operatorWords);
  const { token } = usePortal();
  const api = useMemo(() => new OperatorApi(token), [token]);
  return (
    <Page title={words.title} lead={words.lead}>
      <Charts api={api} />
      <Overview api={api} />
      <div className="grid">
        <Connections api={api} />
        <DeadLetterList api={api} />
      </div>
    </Page>
  );
}
