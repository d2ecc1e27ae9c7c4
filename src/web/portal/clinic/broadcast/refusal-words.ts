/** What the service's refusals mean to who broadcasts, by their codes. */
export const refusalWords: {
  readonly en: Readonly<Record<string, string>>;
  readonly th: Readonly<Record<string, string>>;
} = {
  en: {
    forbidden:
      "You may not broadcast this: the service allows it to certain roles, and over these channels only.",
    rate_limited: "You have sent too much in a short time. Wait a few seconds and send it again.",
    invalid_body: "The service does not take the message as it is written.",
    event_too_large: "The message is too long.",
    body_too_large: "The message is too long.",
    id_conflict: "Something else was sent under this number before. Change the text and send it again.",
    unauthorized: "You are not signed in any more. Sign in again.",
    token_expired: "You are not signed in any more. Sign in again.",
    unknown_channel: "The service does not know this channel.",
    overloaded: "The service is very busy. Wait a moment and send it again; it is delivered once only.",
    unavailable: "The service cannot be reached. Send it again later; it is delivered once only.",
    internal: "Something went wrong in the service. Send it again; it is delivered once only.",
    other: "The service has refused it.",
  },
  th: {
    forbidden: "คุณไม่มีสิทธิ์ส่งประกาศนี้ ระบบอนุญาตเฉพาะบางบทบาทและผ่านช่องทางเหล่านี้เท่านั้น",
    rate_limited: "คุณส่งบ่อยเกินไป โปรดรอสักครู่แล้วส่งใหม่",
    invalid_body: "ระบบไม่รับข้อความตามที่เขียนไว้",
    event_too_large: "ข้อความยาวเกินไป",
    body_too_large: "ข้อความยาวเกินไป",
    id_conflict: "เคยส่งข้อความอื่นด้วยหมายเลขนี้แล้ว โปรดแก้ข้อความแล้วส่งใหม่",
    unauthorized: "คุณออกจากระบบแล้ว โปรดเข้าสู่ระบบอีกครั้ง",
    token_expired: "คุณออกจากระบบแล้ว โปรดเข้าสู่ระบบอีกครั้ง",
    unknown_channel: "ระบบไม่รู้จักช่องทางนี้",
    overloaded: "ระบบมีผู้ใช้งานมาก โปรดรอสักครู่แล้วส่งใหม่ ระบบจะส่งถึงผู้รับเพียงครั้งเดียว",
    unavailable: "ติดต่อระบบไม่ได้ โปรดส่งใหม่ภายหลัง ระบบจะส่งถึงผู้รับเพียงครั้งเดียว",
    internal: "ระบบขัดข้อง โปรดส่งใหม่ ระบบจะส่งถึงผู้รับเพียงครั้งเดียว",
    other: "ระบบปฏิเสธคำขอนี้",
  },
};
