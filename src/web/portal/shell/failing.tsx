import { Component, type ReactNode } from "react";
import { useWords } from "../language-choice.ts";
import { Button } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";

const failingWords = {
  en: {
    title: "This page could not be shown",
    lead: "It may not have arrived whole. What the service keeps for you is not lost.",
    again: "Load it again",
  },
  th: {
    title: "ไม่สามารถแสดงหน้านี้ได้",
    lead: "หน้านี้อาจโหลดมาไม่ครบ ข้อมูลของคุณที่เก็บไว้ในระบบไม่สูญหาย",
    again: "โหลดอีกครั้ง",
  },
  vi: {
    title: "Không thể hiển thị trang này",
    lead: "Trang có thể chưa được tải đủ. Dữ liệu của bạn trên dịch vụ không bị mất.",
    again: "Tải lại",
  },
};

/** Keeps what stands around it when a part of the page cannot be fetched, or fails, and offers to load all anew. */
export class Failing extends Component<{ readonly children: ReactNode }, { readonly isFailed: boolean }> {
  override state = { isFailed: false };

  static getDerivedStateFromError(): { readonly isFailed: boolean } {
    return { isFailed: true };
  }

  override render(): ReactNode {
    return this.state.isFailed ? <Failure /> : this.props.children;
  }
}

function Failure() {
  const words = useWords(failingWords);
  return (
    <Page title={words.title} lead={words.lead}>
      <Button kind="primary" onClick={() => location.reload()}>
        {words.again}
      </Button>
    </Page>
  );
}
