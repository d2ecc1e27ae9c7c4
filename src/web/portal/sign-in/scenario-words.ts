import type { Scenario } from "../people.ts";
import type { IconName } from "../ui/icon.tsx";

export const scenarioIcons: Readonly<Record<Scenario, IconName>> = {
  certification: "award",
  clinic: "queue",
  shop: "cart",
  exams: "book",
  licensing: "stamp",
  operation: "pulse",
};

type ScenarioWords = Readonly<Record<Scenario, { readonly title: string; readonly text: string }>>;

/** What each story is called and tells. */
export const scenarioWords: {
  readonly en: ScenarioWords;
  readonly th: ScenarioWords;
  readonly vi: ScenarioWords;
} = {
  en: {
    certification: {
      title: "Certification",
      text: "Farmers apply and pay, administrators and auditors see it as it happens.",
    },
    clinic: {
      title: "Clinic",
      text: "A queue board that staff share, alerts, and broadcasts by an administrator.",
    },
    shop: { title: "Shop", text: "An order and its notifications, on every device of the customer." },
    exams: { title: "Exam bank", text: "Exams for one student, and notices to everybody of a role." },
    licensing: { title: "Licensing office", text: "The state of an application, and who handles it." },
    operation: { title: "Operation", text: "The service itself: connections, deliveries, dead letters." },
  },
  th: {
    certification: {
      title: "ระบบรับรอง",
      text: "เกษตรกรยื่นคำขอและชำระเงิน ผู้ดูแลและผู้ตรวจเห็นทันทีที่เกิดขึ้น",
    },
    clinic: { title: "คลินิก", text: "กระดานคิวที่เจ้าหน้าที่ใช้ร่วมกัน การแจ้งเตือน และประกาศจากผู้ดูแล" },
    shop: { title: "ร้านค้า", text: "คำสั่งซื้อและการแจ้งเตือนบนทุกอุปกรณ์ของลูกค้า" },
    exams: { title: "คลังข้อสอบ", text: "ข้อสอบของนักเรียนแต่ละคน และประกาศถึงทุกคนในบทบาทเดียวกัน" },
    licensing: { title: "สำนักงานใบอนุญาต", text: "สถานะของคำขอและผู้รับผิดชอบ" },
    operation: { title: "การดำเนินงาน", text: "ตัวบริการเอง: การเชื่อมต่อ การส่ง และรายการที่ส่งไม่สำเร็จ" },
  },
  vi: {
    certification: {
      title: "Chứng nhận",
      text: "Nông dân nộp đơn và thanh toán, quản trị viên và kiểm định viên thấy ngay khi diễn ra.",
    },
    clinic: {
      title: "Phòng khám",
      text: "Bảng hàng đợi dùng chung, cảnh báo và thông báo của quản trị viên.",
    },
    shop: { title: "Cửa hàng", text: "Đơn hàng và thông báo trên mọi thiết bị của khách hàng." },
    exams: { title: "Ngân hàng đề thi", text: "Đề thi cho từng học sinh và thông báo cho cả một vai trò." },
    licensing: { title: "Cơ quan cấp phép", text: "Trạng thái hồ sơ và người phụ trách." },
    operation: { title: "Vận hành", text: "Chính dịch vụ: kết nối, lượt gửi và thư không gửi được." },
  },
};
