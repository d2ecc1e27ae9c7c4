/** Drawn on 24 × 24 with a line of 1.75, in the colour of the text around. */
const drawings = {
  bell: "M6 9.5a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4s2-1.5 2-6.5ZM10 19.5a2.2 2.2 0 0 0 4 0",
  home: "M4 11.2 12 4l8 7.2V19a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 19ZM9.5 20v-5.5h5V20",
  file: "M14 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8ZM14 3.5V8h4.5M9 12.5h6M9 16h4",
  card: "M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6ZM3 10.5h18M7 14.5h3",
  award: "M12 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM8.7 13.6 7.5 20.5l4.5-2.3 4.5 2.3-1.2-6.9",
  clipboard:
    "M8.5 5H7a1.5 1.5 0 0 0-1.5 1.5V19A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V6.5A1.5 1.5 0 0 0 17 5h-1.5M9 3.5h6v3H9ZM9 13l2.2 2.2L15.5 11",
  users:
    "M9.5 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM3 19.5c.3-3.4 2.9-5.3 6.5-5.3s6.2 1.9 6.5 5.3M15.5 5.2a3.5 3.5 0 0 1 0 6.6M17.8 14.6c2 .7 3.1 2.4 3.3 4.9",
  queue: "M4 6.5h16M4 12h16M4 17.5h9M17 17.5h.1",
  alert: "M12 4 21 19.5H3ZM12 10v4M12 16.7v.1",
  megaphone: "M4 10v4h3l8 4.5v-13L7 10ZM18 9.5a3.5 3.5 0 0 1 0 5M7.5 14l1.2 5.5h2.3L10.3 15.8",
  cart: "M3.5 4.5h2.3l2.1 10.3h9.6L20 8H6.5M9 18a1.2 1.2 0 1 1 0 2.4A1.2 1.2 0 0 1 9 18ZM16.5 18a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4Z",
  book: "M5 5.5A1.5 1.5 0 0 1 6.5 4H19v13H6.5A1.5 1.5 0 0 0 5 18.5ZM5 18.5A1.5 1.5 0 0 0 6.5 20H19v-3M9 8.5h6",
  stamp:
    "M9.5 12.5c.6-2.5-1-3.5-1-5.5a3.5 3.5 0 0 1 7 0c0 2-1.6 3-1 5.5M5.5 16.5v-1a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v1ZM5 20h14",
  sliders: "M5 7h8M17 7h2M15 4.8v4.4M5 17h2M11 17h8M9 14.8v4.4M5 12h11M20 12h-1",
  pulse: "M3 12.5h4l2.5-7 5 13 2.5-6h4",
  play: "M8 5.5v13l10.5-6.5Z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2.5v2M12 19.5v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2.5 12h2M19.5 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  exit: "M14 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H14M10 12h10M16.5 8.5 20 12l-3.5 3.5",
  check: "m5 12.5 4.5 4.5L19 7.5",
  clock: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 7.5V12l3 2",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  close: "m6.5 6.5 11 11M17.5 6.5l-11 11",
  send: "M4 12 20.5 4.5 16 20l-4.5-6ZM11.5 14l9-9.5",
  key: "M8 9a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM11.5 11 20 5M17 7l2 2.5M14.5 9l1.5 2",
  plus: "M12 5v14M5 12h14",
} as const;

export type IconName = keyof typeof drawings;

/** A drawing beside words; it says nothing to who cannot see it. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
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
