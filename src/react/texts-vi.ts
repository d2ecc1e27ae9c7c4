import type { Texts } from "./texts.ts";

export const vietnamese: Texts = {
  notifications: "Thông báo",
  unreadCount: (count) => `${count} thông báo chưa đọc`,
  unread: "Chưa đọc",
  all: "Tất cả",
  show: "Hiển thị",
  markRead: "Đánh dấu đã đọc",
  markUnread: "Đánh dấu chưa đọc",
  markAllRead: "Đánh dấu tất cả đã đọc",
  archive: "Lưu trữ",
  delete: "Xóa",
  clearAll: "Xóa tất cả",
  confirmClear: "Xóa tất cả thông báo?",
  cancel: "Hủy",
  loadMore: "Xem thông báo cũ hơn",
  loading: "Đang tải…",
  empty: "Bạn đã xem hết thông báo",
  emptyHint: "Thông báo mới sẽ xuất hiện tại đây.",
  emptyUnread: "Không có thông báo chưa đọc",
  loadFailed: "Không tải được thông báo.",
  actionFailed: "Thao tác không thành công. Vui lòng thử lại.",
  retry: "Thử lại",
  close: "Đóng",

  live: "Trực tuyến",
  connecting: "Đang kết nối",
  offline: "Ngoại tuyến",
  polling: "có thể chậm vài giây",
  reconnect: "Kết nối lại",

  toasts: "Thông báo mới",
  dismiss: "Đóng thông báo",
  open: "Mở",
  whileAway: (count) => `Có ${count} thông báo mới khi bạn vắng mặt`,
  announcement: "Thông báo chung",

  turnOnBrowserNotifications: "Bật thông báo của trình duyệt",
  browserNotificationsBlocked: "Trình duyệt đang chặn thông báo từ trang này.",
  congratulations: "Xin chúc mừng!",

  typing: ([first, second, ...others]) => {
    if (second === undefined) return `${first} đang nhập…`;
    if (others.length === 0) return `${first} và ${second} đang nhập…`;
    return "Nhiều người đang nhập…";
  },
  presence: "Những người đang có mặt",
  peopleHere: (count) => `${count} người đang có mặt`,
  morePeople: (count) => `và ${count} người khác`,

  preferences: "Cài đặt thông báo",
  notificationType: "Loại",
  inInbox: "Lưu vào hộp thư",
  announced: "Báo ngay",
  inInboxOf: (type) => `${type}: lưu vào hộp thư`,
  announcedOf: (type) => `${type}: báo ngay cho tôi`,
  quietHours: "Giờ yên tĩnh",
  quietHoursHint: "Không hiện thông báo và không phát âm thanh, trừ những việc khẩn cấp nhất.",
  from: "Từ",
  to: "Đến",
  timeZone: "Múi giờ",
  save: "Lưu",
  saving: "Đang lưu…",
  saved: "Đã lưu",
};
