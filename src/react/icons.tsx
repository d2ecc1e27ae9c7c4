import type { ReactNode } from "react";

/** Drawn on 24 × 24 with a line of 1.75, in the colour of the text around. */
const drawings = {
  bell: "M6 9.5a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4s2-1.5 2-6.5ZM10 19.5a2.2 2.2 0 0 0 4 0",
  application:
    "M14 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8ZM14 3.5V8h4.5M9 12.5h6M9 16h4",
  payment:
    "M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6ZM3 10.5h18M7 14.5h3",
  certificate: "M12 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM8.7 13.6 7.5 20.5l4.5-2.3 4.5 2.3-1.2-6.9",
  audit:
    "M5.5 5.5h13A1.5 1.5 0 0 1 20 7v11.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5V7a1.5 1.5 0 0 1 1.5-1.5ZM8 3.5v4M16 3.5v4M4 10h16M9 14.8l2.2 2.1 4-4",
  exam: "m4.5 19.5 1-4.2L16.2 4.6a1.9 1.9 0 0 1 2.7 0l.5.5a1.9 1.9 0 0 1 0 2.7L8.7 18.5ZM14 7l3 3M13.5 20h6",
  assignment:
    "M10 4a3.7 3.7 0 1 1 0 7.4A3.7 3.7 0 0 1 10 4ZM3.5 20c.3-3.7 3-5.8 6.5-5.8 1.3 0 2.5.3 3.5.8M15 18l2 2 4-4.5",
  announcement: "M4 10v4h3l8 4.5v-13L7 10ZM18 9.5a3.5 3.5 0 0 1 0 5M7.5 14l1.2 5.5h2.3L10.3 15.8",
  message:
    "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 17h-6.5L8 20.5V17H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 5Z",
  info: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 11v5M12 7.8v.1",
  success: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM8.3 12.2l2.5 2.5 5-5.2",
  warning: "M12 4 21 19.5H3ZM12 10v4M12 16.7v.1",
  error: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9 9l6 6M15 9l-6 6",
  check: "m5 12.5 4.5 4.5L19 7.5",
  checks: "m2.5 12.5 4.5 4.5 9-9.5M11.5 16.5l.5.5 9-9.5",
  dot: "M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z",
  archive: "M4 5h16v4H4ZM5.5 9v10h13V9M10 13h4",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10.3 10.5v5.5M13.7 10.5v5.5",
  close: "m6.5 6.5 11 11M17.5 6.5l-11 11",
} as const;

export type IconName = keyof typeof drawings;

/** One of the drawings that come along; it says nothing to who cannot see it. */
export function Icon({
  name,
  className = "carillon-icon",
}: {
  name: IconName;
  className?: string | undefined;
}) {
  return (
    <svg
      className={className}
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={drawings[name]} />
    </svg>
  );
}

/** What an application shows for its own types of notification, or in place of what comes along. */
export type Icons = Readonly<Record<string, ReactNode>>;

/** Drawing and tone by the first word of a type: `payment`, `payment:refund` and `payment_due` are all payments. */
const kinds: Readonly<Record<string, readonly [IconName, Tone]>> = {
  application: ["application", "blue"],
  payment: ["payment", "green"],
  certificate: ["certificate", "amber"],
  audit: ["audit", "violet"],
  exam: ["exam", "violet"],
  assignment: ["assignment", "blue"],
  announcement: ["announcement", "amber"],
  system: ["announcement", "amber"],
  message: ["message", "blue"],
  comment: ["message", "blue"],
  alert: ["warning", "red"],
  info: ["info", "blue"],
  success: ["success", "green"],
  warning: ["warning", "amber"],
  error: ["error", "red"],
};

/** The colour of a notification's icon; `data-tone` in the page. */
export type Tone = "blue" | "green" | "amber" | "violet" | "red" | "grey";

/** The drawing and the tone for a type of notification: a bell for one that is not known. */
export function kindOf(type: string): readonly [IconName, Tone] {
  const word = type.toLowerCase().match(/^[a-z]+/)?.[0] ?? "";
  return (Object.hasOwn(kinds, word) ? kinds[word] : undefined) ?? ["bell", "grey"];
}

export interface NotificationIconProps {
  readonly type: string;
  readonly icons?: Icons | undefined;
}

/** The round icon beside a notification, by its type. */
export function NotificationIcon({ type, icons }: NotificationIconProps) {
  const [name, tone] = kindOf(type);
  const own = icons && Object.hasOwn(icons, type) ? icons[type] : undefined;
  return (
    <span className="carillon-type" data-tone={tone} aria-hidden="true">
      {own ?? <Icon name={name} />}
    </span>
  );
}
