import type { Texts } from "./texts.ts";

export const thai: Texts = {
  notifications: "การแจ้งเตือน",
  unreadCount: (count) => `มีการแจ้งเตือนที่ยังไม่อ่าน ${count} รายการ`,
  unread: "ยังไม่อ่าน",
  all: "ทั้งหมด",
  show: "แสดง",
  markRead: "ทำเครื่องหมายว่าอ่านแล้ว",
  markUnread: "ทำเครื่องหมายว่ายังไม่อ่าน",
  markAllRead: "อ่านทั้งหมดแล้ว",
  archive: "เก็บถาวร",
  delete: "ลบ",
  clearAll: "ลบทั้งหมด",
  confirmClear: "ต้องการลบการแจ้งเตือนทั้งหมดหรือไม่",
  cancel: "ยกเลิก",
  loadMore: "ดูรายการก่อนหน้า",
  loading: "กำลังโหลด…",
  empty: "คุณดูครบทุกรายการแล้ว",
  emptyHint: "การแจ้งเตือนใหม่จะแสดงที่นี่",
  emptyUnread: "ไม่มีรายการที่ยังไม่อ่าน",
  loadFailed: "โหลดการแจ้งเตือนไม่สำเร็จ",
  actionFailed: "ดำเนินการไม่สำเร็จ โปรดลองอีกครั้ง",
  retry: "ลองอีกครั้ง",
  close: "ปิด",

  live: "เรียลไทม์",
  connecting: "กำลังเชื่อมต่อ",
  offline: "ออฟไลน์",
  polling: "ข้อมูลอาจช้าไม่กี่วินาที",
  reconnect: "เชื่อมต่อใหม่",

  toasts: "การแจ้งเตือนใหม่",
  dismiss: "ปิดการแจ้งเตือนนี้",
  open: "เปิดดู",
  whileAway: (count) => `มีการแจ้งเตือนใหม่ ${count} รายการระหว่างที่คุณไม่อยู่`,
  announcement: "ประกาศ",

  turnOnBrowserNotifications: "เปิดการแจ้งเตือนของเบราว์เซอร์",
  browserNotificationsBlocked: "เบราว์เซอร์นี้บล็อกการแจ้งเตือนจากเว็บไซต์นี้",
  congratulations: "ขอแสดงความยินดี!",

  typing: ([first, second, ...others]) => {
    if (second === undefined) return `${first} กำลังพิมพ์…`;
    if (others.length === 0) return `${first} และ ${second} กำลังพิมพ์…`;
    return "หลายคนกำลังพิมพ์…";
  },
  presence: "ผู้ที่อยู่ในขณะนี้",
  peopleHere: (count) => `มี ${count} คนอยู่ในขณะนี้`,
  morePeople: (count) => `และอีก ${count} คน`,

  preferences: "ตั้งค่าการแจ้งเตือน",
  notificationType: "ประเภท",
  inInbox: "เก็บไว้ในกล่องแจ้งเตือน",
  announced: "แจ้งทันที",
  inInboxOf: (type) => `${type}: เก็บไว้ในกล่องแจ้งเตือน`,
  announcedOf: (type) => `${type}: แจ้งให้ทราบทันที`,
  quietHours: "ช่วงเวลาห้ามรบกวน",
  quietHoursHint: "จะไม่มีการแจ้งเตือนเด้งขึ้นมาหรือส่งเสียง ยกเว้นเรื่องเร่งด่วนที่สุด",
  from: "ตั้งแต่",
  to: "ถึง",
  timeZone: "เขตเวลา",
  save: "บันทึก",
  saving: "กำลังบันทึก…",
  saved: "บันทึกแล้ว",
};
