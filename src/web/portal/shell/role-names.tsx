import { useWords } from "../language-choice.ts";
import type { InLanguages, Language } from "../languages.ts";

const english = {
  farmer: "Farmer",
  admin: "Administrator",
  dtam_admin: "DTAM administrator",
  auditor: "Auditor",
  operator: "Operator",
  nurse: "Nurse",
  doctor: "Doctor",
  customer: "Customer",
  student: "Student",
  applicant: "Applicant",
  officer: "Officer",
};

const roleWords: InLanguages<Readonly<Record<keyof typeof english, string>>, Language> = {
  en: english,
  th: {
    farmer: "เกษตรกร",
    admin: "ผู้ดูแลระบบ",
    dtam_admin: "ผู้ดูแลกรมฯ",
    auditor: "ผู้ตรวจประเมิน",
    operator: "ผู้ควบคุมระบบ",
    nurse: "พยาบาล",
    doctor: "แพทย์",
    customer: "ลูกค้า",
    student: "นักเรียน",
    applicant: "ผู้ยื่นคำขอ",
    officer: "เจ้าหน้าที่",
  },
  vi: {
    farmer: "Nông dân",
    admin: "Quản trị viên",
    dtam_admin: "Quản trị viên DTAM",
    auditor: "Kiểm định viên",
    operator: "Người vận hành",
    nurse: "Y tá",
    doctor: "Bác sĩ",
    customer: "Khách hàng",
    student: "Học sinh",
    applicant: "Người nộp đơn",
    officer: "Cán bộ",
  },
};

/** What somebody is, in the reader's language; a role that the demo does not know is shown as it is. */
export function RoleNames({ roles }: { readonly roles: readonly string[] }) {
  const words: Readonly<Record<string, string>> = useWords(roleWords);
  return <span className="role-names">{roles.map((role) => words[role] ?? role).join(", ")}</span>;
}
