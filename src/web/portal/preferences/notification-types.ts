import type { InLanguages, Language } from "../languages.ts";
import type { Scenario } from "../people.ts";

const labels: Readonly<Record<string, InLanguages<string, Language>>> = {
  application: { en: "Applications", th: "คำขอ", vi: "Hồ sơ" },
  payment: { en: "Payments", th: "การชำระเงิน", vi: "Thanh toán" },
  certificate: { en: "Certificates", th: "ใบรับรอง", vi: "Chứng nhận" },
  announcement: { en: "Announcements", th: "ประกาศ", vi: "Thông báo chung" },
  assignment: { en: "Assignments", th: "งานที่ได้รับมอบหมาย", vi: "Phân công" },
  order: { en: "Orders", th: "คำสั่งซื้อ", vi: "Đơn hàng" },
  exam: { en: "Exams", th: "ข้อสอบ", vi: "Đề thi" },
  alert: { en: "Alerts", th: "การเตือน", vi: "Cảnh báo" },
};

/** The types of notification that each story sends. */
const sent: Readonly<Record<Scenario, readonly string[]>> = {
  certification: ["application", "payment", "certificate", "announcement"],
  clinic: ["announcement", "alert"],
  shop: ["order", "announcement"],
  exams: ["exam", "announcement"],
  licensing: ["application", "assignment", "alert", "announcement"],
  operation: ["announcement", "alert"],
};

/** What can be chosen in a scenario, in the reader's language; every type by who belongs to none. */
export function typesOf(
  scenario: Scenario | undefined,
  language: Language,
): readonly { readonly type: string; readonly label: string }[] {
  const types = scenario === undefined ? Object.keys(labels) : sent[scenario];
  return types.map((type) => ({ type, label: labels[type]?.[language] ?? type }));
}
