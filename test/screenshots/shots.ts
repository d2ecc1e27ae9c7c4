import type { Page } from "playwright-core";
import type { WindowOptions } from "../support/portals.ts";
import { certificationShots } from "./certification-shots.ts";
import { clinicDay, leaveNotes, playClinic, sendBroadcast, waitForBoard, writeBroadcast } from "./clinic.ts";
import { flowShots } from "./flow-shots.ts";

/** One picture: who looks at which page, and what has happened before. */
export interface Shot {
  /** The picture's file is `{name}-{light|dark|phone}.png`. */
  readonly name: string;
  /** Without one it is the page to sign in. */
  readonly as?: Pick<WindowOptions, "person" | "path" | "language">;
  /** What backends have posted before. */
  readonly after?: readonly object[];
  /** What is done on the page before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

export const shots: readonly Shot[] = [
  { name: "sign-in" },
  { name: "preferences", as: { person: "Malee Srisuk", path: "/preferences" } },
  { name: "preferences-th", as: { person: "สมชาย ใจดี", path: "/preferences", language: "th" } },
  {
    name: "operation",
    as: { person: "On call", path: "/operation" },
    act: (page) => page.waitForTimeout(7000),
  },
  {
    name: "operation-th",
    as: { person: "กฤษณ์ ทองดี", path: "/operation", language: "th" },
    act: (page) => page.waitForTimeout(4000),
  },
  ...certificationShots,
  ...flowShots,
  { name: "clinic-queue", as: { person: "Nurse Ploy", path: "/queue" }, after: clinicDay, act: leaveNotes },
  { name: "clinic-queue-th", as: { person: "หมอต้น", path: "/queue" }, act: waitForBoard },
  { name: "clinic-queue-refused", as: { person: "Nurse Dao", path: "/queue/7" } },
  { name: "clinic-queue-empty", as: { person: "Nurse Dao", path: "/queue" }, act: waitForBoard },
  { name: "clinic-alerts", as: { person: "Nurse Ploy", path: "/alerts" } },
  { name: "clinic-alerts-th", as: { person: "หมอต้น", path: "/alerts" } },
  { name: "clinic-broadcast", as: { person: "Head of clinics", path: "/broadcast" }, act: writeBroadcast },
  {
    name: "clinic-broadcast-th",
    as: { person: "Head of clinics", path: "/broadcast", language: "th" },
    act: writeBroadcast,
  },
  {
    name: "clinic-broadcast-reach",
    as: { person: "Head of clinics", path: "/broadcast" },
    act: sendBroadcast,
  },
  { name: "clinic-play", as: { person: "Nurse Ploy", path: "/queue" }, act: playClinic },
];
