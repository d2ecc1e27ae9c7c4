import { people } from "../people.ts";
import type { Act, Script } from "./act.ts";
import { type Ledger, numberFor } from "./ledger.ts";
import { oneOf } from "./one-of.ts";

const HOUR = 3_600_000;

type Subject = Readonly<Record<"en" | "vi", string>>;

/** What is asked, as students of each language read it. */
const subjects: readonly [Subject, ...Subject[]] = [
  { en: "Mathematics 12", vi: "Toán 12" },
  { en: "Physics 11", vi: "Vật lý 11" },
  { en: "Chemistry 10", vi: "Hóa học 10" },
  { en: "World history", vi: "Lịch sử thế giới" },
];

/** Hours that there are for an exam. */
const deadlines: readonly [number, ...number[]] = [20, 52, 75, 170];

/** The others in class, whom nobody of the demo is. */
const classmates = ["an", "binh", "chi", "duc", "giang", "hoa"];

function titleFor(student: string, subject: Subject, number: string): string {
  const isVietnamese = people.exams.find(({ id }) => id === student)?.language === "vi";
  return `${isVietnamese ? subject.vi : subject.en} · ${number}`;
}

/** A new exam of the bank, for some students. */
function assign(ledger: Ledger, students: readonly string[], owner: string): ReturnType<Act["play"]> {
  const subject = oneOf(subjects);
  const number = numberFor("EX");
  const label = titleFor(owner, subject, number);
  const exam = { kind: "exam", id: crypto.randomUUID(), owner, label, state: "assigned" };
  const { id } = ledger.write(exam);
  const dueAt = new Date(Date.now() + oneOf(deadlines) * HOUR).toISOString();
  const questions = 20 + 5 * Math.floor(Math.random() * 5);
  return students.map((userId) => ({
    event: "exam:assigned",
    data: { userId, examId: id, examTitle: titleFor(userId, subject, number), questions, dueAt },
  }));
}

/** Tells everybody of a role that an exam is there. */
const publish = (examId: string, examTitle: string): ReturnType<Act["play"]> => [
  { event: "exam:published", data: { role: "student", examId, examTitle } },
];

/** What the exam bank does. */
export const examsScript: Script = {
  about: ["student"],
  acts: [
    {
      id: "assign",
      icon: "book",
      label: { en: "Assign an exam", th: "มอบหมายข้อสอบ", vi: "Giao đề thi" },
      play: (ledger, student) => assign(ledger, [student], student),
    },
    {
      id: "assign-class",
      icon: "users",
      label: { en: "Assign one to the whole class", th: "มอบหมายให้ทั้งห้อง", vi: "Giao cho cả lớp" },
      play: (ledger, student) =>
        assign(ledger, [...new Set([student, ...people.exams.map(({ id }) => id), ...classmates])], student),
    },
    {
      id: "publish-assigned",
      icon: "check",
      label: {
        en: "Publish the assigned exam",
        th: "เผยแพร่ข้อสอบที่มอบหมาย",
        vi: "Công bố đề thi đã giao",
      },
      isPossible: (ledger, student) => ledger.newest("exam", student, "assigned") !== undefined,
      play: (ledger, student) => {
        const exam = ledger.newest("exam", student, "assigned");
        if (!exam) return [];
        ledger.write({ ...exam, state: "published" });
        return publish(exam.id, exam.label);
      },
    },
    {
      id: "publish",
      icon: "megaphone",
      label: {
        en: "Publish another to all students",
        th: "เผยแพร่ข้อสอบอื่นถึงนักเรียนทุกคน",
        vi: "Công bố đề khác cho mọi học sinh",
      },
      play: (_ledger, student) => {
        const title = titleFor(student, oneOf(subjects), numberFor("EX"));
        return publish(crypto.randomUUID(), title);
      },
    },
  ],
};
