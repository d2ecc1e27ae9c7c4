import type { Language } from "./languages.ts";

/** A story that the demo tells, each with pages of its own. */
export type Scenario = "certification" | "shop" | "exams" | "clinic" | "licensing" | "operation";

/** Somebody whom a visitor of the demo can be. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly language: Language;
}

/** The cast of the demo, by scenario; ids are what events name. */
export const people: Readonly<Record<Scenario, readonly Person[]>> = {
  certification: [
    { id: "somchai", name: "สมชาย ใจดี", roles: ["farmer"], tenants: [], language: "th" },
    { id: "malee", name: "Malee Srisuk", roles: ["farmer"], tenants: [], language: "en" },
    { id: "anong", name: "Anong Wattana", roles: ["admin", "operator"], tenants: [], language: "en" },
    { id: "krit", name: "กฤษณ์ ทองดี", roles: ["dtam_admin", "operator"], tenants: [], language: "th" },
    { id: "prasert", name: "Prasert Chai", roles: ["auditor"], tenants: [], language: "en" },
  ],
  clinic: [
    { id: "nurse-7", name: "Nurse Ploy", roles: ["nurse"], tenants: ["7"], language: "en" },
    { id: "doctor-7", name: "หมอต้น", roles: ["doctor"], tenants: ["7"], language: "th" },
    { id: "nurse-8", name: "Nurse Dao", roles: ["nurse"], tenants: ["8"], language: "en" },
    {
      id: "head",
      name: "Head of clinics",
      roles: ["admin", "operator"],
      tenants: ["7", "8"],
      language: "en",
    },
  ],
  shop: [
    { id: "mint", name: "Mint", roles: ["customer"], tenants: [], language: "en" },
    { id: "nok", name: "นก ศรีสุข", roles: ["customer"], tenants: [], language: "th" },
    { id: "shop-admin", name: "Shop desk", roles: ["admin"], tenants: ["shop"], language: "en" },
  ],
  exams: [
    { id: "linh", name: "Linh", roles: ["student"], tenants: [], language: "vi" },
    { id: "minh", name: "Minh", roles: ["student"], tenants: [], language: "en" },
  ],
  licensing: [
    { id: "applicant-1", name: "Chaiyo Ltd.", roles: ["applicant"], tenants: [], language: "en" },
    { id: "officer-1", name: "เจ้าหน้าที่วิภา", roles: ["officer"], tenants: [], language: "th" },
  ],
  operation: [{ id: "ops", name: "On call", roles: ["operator"], tenants: [], language: "en" }],
};

const names = new Map(
  Object.values(people)
    .flat()
    .map(({ id, name }) => [id, name]),
);

/** What somebody is called; their id where the demo does not know them. */
export function nameOf(user: string): string {
  return names.get(user) ?? user;
}
