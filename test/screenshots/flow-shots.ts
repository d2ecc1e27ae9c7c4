import type { Shot } from "./shots.ts";

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

/** The order of a customer, as the shop tells them and its own people. */
function order(user: string, number: string, ...states: readonly string[]): readonly object[] {
  return states.flatMap((status, place) => {
    const event = place === 0 ? "order:placed" : "order:updated";
    const data = {
      ...{ orderId: number, orderNumber: number, status },
      ...(status === "shipped" && { trackingNumber: "TH-5521" }),
      ...(place === 0 && { total: 1230, lines }),
    };
    return [
      {
        ...{ event, data, to: { users: [user] } },
        notification: {
          type: "order",
          title: { en: `Order ${status}`, th: "คำสั่งซื้อมีการอัพเดท" },
          message: { en: `${number} · THB 1,230`, th: `${number} · 1,230 บาท` },
          actionUrl: "/#/orders",
          actionText: { en: "See the order", th: "ดูคำสั่งซื้อ" },
        },
      },
      {
        ...{ event, data: { ...data, customerName: user === "mint" ? "Mint" : "นก ศรีสุข" } },
        ...{ to: { channels: ["admin:notifications"] }, only: { tenants: ["shop"] } },
      },
    ];
  });
}

const lines = [
  { name: { en: "Stoneware mug", th: "แก้วเซรามิก" }, quantity: 2 },
  { name: { en: "Linen apron", th: "ผ้ากันเปื้อนลินิน" }, quantity: 1 },
];

const exam = (userId: string, examId: string, examTitle: string, hours: number) => ({
  event: "exam:assigned",
  data: { userId, examId, examTitle, questions: 40, dueAt: inHours(hours) },
});

const published = (examId: string, examTitle: string) => ({
  event: "exam:published",
  data: { role: "student", examId, examTitle },
});

function licence(number: string, ...states: readonly string[]): readonly object[] {
  return states.map((status, place) => ({
    event: "application:status-changed",
    data: {
      ...{ applicantId: "applicant-1", applicationId: number, applicationNumber: number, status },
      ...(place > 0 && { previousStatus: states[place - 1] }),
    },
  }));
}

const assigned = (number: string) => ({
  event: "application:assigned",
  data: {
    ...{ applicationId: number, applicationNumber: number },
    ...{ assigneeId: "officer-1", assignedBy: "Somsri Boonmee" },
  },
});

/** The shop, the exam bank and the licensing office. */
export const flowShots: readonly Shot[] = [
  { name: "shop-empty", as: { person: "Mint", path: "/orders" } },
  { name: "shop-desk-empty", as: { person: "Shop desk", path: "/desk" } },
  {
    name: "shop",
    as: { person: "Mint", path: "/orders" },
    after: [
      ...order("mint", "SO-4821", "placed", "paid", "packed", "shipped", "delivered"),
      ...order("mint", "SO-5170", "placed", "paid", "packed"),
    ],
  },
  {
    name: "shop-th",
    as: { person: "นก ศรีสุข", path: "/orders", language: "th" },
    after: order("nok", "SO-5202", "placed", "paid", "packed", "shipped"),
  },
  { name: "shop-desk", as: { person: "Shop desk", path: "/desk" }, after: order("nok", "SO-5303", "placed") },
  {
    name: "exams",
    as: { person: "Minh", path: "/exams" },
    after: [
      exam("minh", "e1", "Mathematics 12 · EX-4410", 20),
      exam("minh", "e2", "Physics 11 · EX-2083", 76),
      exam("minh", "e3", "World history · EX-9914", -2),
      exam("linh", "e1", "Toán 12 · EX-4410", 20),
      exam("linh", "e2", "Vật lý 11 · EX-2083", 76),
      published("e2", "Physics 11 · EX-2083"),
      published("e7", "Chemistry 10 · EX-7315"),
      published("e8", "Biology 12 · EX-1167"),
    ],
  },
  { name: "exams-vi", as: { person: "Linh", path: "/exams", language: "vi" } },
  {
    name: "licensing",
    as: { person: "Chaiyo Ltd.", path: "/licences" },
    after: [
      ...licence("LIC-3307", "submitted", "under_review", "approved"),
      ...licence("LIC-4402", "submitted", "under_review", "documents_requested"),
      assigned("LIC-3307"),
      assigned("LIC-4402"),
    ],
  },
  {
    name: "licensing-th",
    as: { person: "Chaiyo Ltd.", path: "/licences", language: "th" },
    after: [
      {
        event: "system:alert",
        data: { title: "Maintenance tonight", message: "The office’s systems are down from 22:00 to 23:00." },
        notification: {
          type: "alert",
          title: { en: "Maintenance tonight", th: "ปิดปรับปรุงระบบคืนนี้" },
          message: {
            en: "The office’s systems are down from 22:00 to 23:00.",
            th: "ระบบของสำนักงานจะปิดให้บริการ 22:00–23:00 น.",
          },
        },
      },
    ],
  },
  { name: "licensing-officer", as: { person: "เจ้าหน้าที่วิภา", path: "/assigned" } },
];
