import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Spoken } from "./languages.ts";
import type { Scenario } from "./people.ts";
import type { Session } from "./session.ts";
import type { IconName } from "./ui/icon.tsx";

/** One page of the portals. */
export interface PortalPage {
  /** Behind the `#` of the address. */
  readonly path: string;
  readonly icon: IconName;
  readonly title: Spoken<string>;
  /** Who finds it in their menu: the people of a scenario, or who has one of these roles. */
  readonly scenario?: Scenario;
  readonly roles?: readonly string[];
  /** Fetched when somebody comes to it. */
  readonly component: LazyExoticComponent<ComponentType>;
}

/** Every page, in the order of the menu; the first that somebody may see is where they begin. */
export const pages: readonly PortalPage[] = [
  {
    path: "/farm",
    icon: "home",
    title: { en: "My farm", th: "ฟาร์มของฉัน" },
    ...{ scenario: "certification", roles: ["farmer"] },
    component: lazy(() => import("./certification/farmer/farm-page.tsx")),
  },
  {
    path: "/applications",
    icon: "file",
    title: { en: "Applications", th: "คำขอ" },
    ...{ scenario: "certification", roles: ["farmer"] },
    component: lazy(() => import("./certification/farmer/applications-page.tsx")),
  },
  {
    path: "/payments",
    icon: "card",
    title: { en: "Payments", th: "การชำระเงิน" },
    ...{ scenario: "certification", roles: ["farmer"] },
    component: lazy(() => import("./certification/farmer/payments-page.tsx")),
  },
  {
    path: "/assignments",
    icon: "clipboard",
    title: { en: "Assignments", th: "งานตรวจประเมิน" },
    ...{ scenario: "certification", roles: ["auditor"] },
    component: lazy(() => import("./certification/auditor/assignments-page.tsx")),
  },
  {
    path: "/admin",
    icon: "home",
    title: { en: "Office", th: "สำนักงาน" },
    ...{ scenario: "certification", roles: ["admin", "dtam_admin"] },
    component: lazy(() => import("./certification/office/office-page.tsx")),
  },
  {
    path: "/orders",
    icon: "cart",
    title: { en: "My orders", th: "คำสั่งซื้อ" },
    scenario: "shop",
    roles: ["customer"],
    component: lazy(() => import("./shop/orders-page.tsx")),
  },
  {
    path: "/desk",
    icon: "cart",
    title: { en: "Shop desk", th: "จัดการคำสั่งซื้อ" },
    scenario: "shop",
    roles: ["admin"],
    component: lazy(() => import("./shop/desk-page.tsx")),
  },
  {
    path: "/exams",
    icon: "book",
    title: { en: "My exams", th: "ข้อสอบของฉัน", vi: "Đề thi của tôi" },
    scenario: "exams",
    roles: ["student"],
    component: lazy(() => import("./exams/exams-page.tsx")),
  },
  {
    path: "/licences",
    icon: "stamp",
    title: { en: "My applications", th: "คำขอของฉัน" },
    scenario: "licensing",
    roles: ["applicant"],
    component: lazy(() => import("./licensing/licences-page.tsx")),
  },
  {
    path: "/assigned",
    icon: "clipboard",
    title: { en: "Assigned to me", th: "งานของฉัน" },
    scenario: "licensing",
    roles: ["officer"],
    component: lazy(() => import("./licensing/assigned-page.tsx")),
  },
  {
    path: "/queue",
    icon: "queue",
    title: { en: "Queue", th: "คิว" },
    scenario: "clinic",
    component: lazy(() => import("./clinic/queue-page.tsx")),
  },
  {
    path: "/alerts",
    icon: "alert",
    title: { en: "Alerts", th: "การเตือน" },
    scenario: "clinic",
    component: lazy(() => import("./clinic/alerts-page.tsx")),
  },
  {
    path: "/broadcast",
    icon: "megaphone",
    title: { en: "Broadcast", th: "ส่งประกาศ" },
    scenario: "clinic",
    roles: ["admin"],
    component: lazy(() => import("./clinic/broadcast/broadcast-page.tsx")),
  },
  {
    path: "/operation",
    icon: "pulse",
    title: { en: "Operation", th: "การดำเนินงาน", vi: "Vận hành" },
    roles: ["operator"],
    component: lazy(() => import("./operation/operator-page.tsx")),
  },
  {
    path: "/preferences",
    icon: "sliders",
    title: { en: "Preferences", th: "การตั้งค่า", vi: "Tùy chọn" },
    component: lazy(() => import("./preferences/preferences-page.tsx")),
  },
];

/** The pages of whoever is signed in. Who brought a token of their own is shown every page that their roles allow. */
export function pagesOf({ scenario, roles }: Session): readonly PortalPage[] {
  return pages.filter((page) => {
    const isTold = page.scenario === undefined || scenario === undefined || page.scenario === scenario;
    return isTold && (page.roles === undefined || page.roles.some((role) => roles.includes(role)));
  });
}
