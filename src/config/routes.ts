import { defineRoutes } from "./route-kinds.ts";

/**
 * What an event becomes that is posted without `to`: its deliveries, each with a name. A delivery goes to a channel or
 * to people by who they are, with the fields that it picks, under another name if it says so, and may bring a
 * notification, written in every language that its texts are given in; the first is for readers of any other.
 */
export const routes = defineRoutes({
  // The certification platform: Thai, and English.
  "application:created": {
    farmer: {
      to: "user:{farmerId}",
      pick: ["applicationId", "applicationNumber", "standardName", "status"],
      notification: {
        type: "application",
        title: { th: "คำขอถูกสร้างแล้ว", en: "Application created" },
        message: {
          th: "คำขอ {applicationNumber} ถูกสร้างเรียบร้อยแล้ว",
          en: "Application {applicationNumber} has been created",
        },
      },
    },
    admins: {
      to: "admin:applications",
      event: "application:new",
      pick: ["applicationId", "applicationNumber", "farmerName", "farmName", "standardName", "submittedDate"],
    },
  },
  "application:updated": {
    farmer: {
      to: "user:{farmerId}",
      pick: ["applicationId", "applicationNumber", "status", "updatedFields"],
      notification: {
        type: "application",
        title: { th: "คำขอมีการอัพเดท", en: "Application updated" },
        message: {
          th: "คำขอ {applicationNumber} มีการเปลี่ยนแปลงสถานะ",
          en: "The status of application {applicationNumber} has changed",
        },
      },
    },
    admin: { to: "user:{assignedAdminId}", pick: ["applicationId", "applicationNumber", "status"] },
  },
  "application:approved": {
    farmer: { to: "user:{farmerId}" },
    admins: { to: "admin:applications" },
  },
  "application:rejected": {
    farmer: { to: "user:{farmerId}" },
    admins: { to: "admin:applications" },
  },
  "payment:created": {
    farmer: { to: "user:{farmerId}" },
  },
  "payment:confirmed": {
    farmer: {
      to: "user:{farmerId}",
      pick: ["paymentId", "applicationNumber", "amount", "receiptNumber"],
      notification: {
        type: "payment",
        title: { th: "✅ การชำระเงินสำเร็จ", en: "✅ Payment received" },
        message: {
          th: "ได้รับชำระเงินจำนวน {amount} บาทแล้ว",
          en: "Your payment of {amount} baht has been received",
        },
      },
    },
    admins: {
      to: "admin:payments",
      event: "payment:received",
      pick: ["paymentId", "applicationNumber", "farmerName", "amount"],
    },
  },
  "certificate:issued": {
    farmer: {
      to: "user:{farmerId}",
      pick: ["certificateId", "certificateNumber", "farmName", "score", "issuedDate", "expiryDate", "pdfUrl"],
      add: { celebration: true },
      notification: {
        type: "certificate",
        title: { th: "🎉 ออกใบรับรองแล้ว!", en: "🎉 Certificate issued!" },
        message: {
          th: "ยินดีด้วย! คุณได้รับใบรับรอง {certificateNumber}",
          en: "Congratulations! You have received certificate {certificateNumber}",
        },
      },
    },
  },
  "certificate:expiring": {
    farmer: { to: "user:{farmerId}" },
  },
  "audit:scheduled": {
    farmer: { to: "user:{farmerId}" },
    auditor: { to: "user:{auditorId}" },
  },
  "audit:completed": {
    farmer: { to: "user:{farmerId}" },
    auditor: { to: "user:{auditorId}" },
  },
  "system:announcement": {
    everyone: {
      to: { everyone: true },
      notification: {
        type: "announcement",
        title: "{title}",
        message: "{message}",
        actionUrl: "{actionUrl}",
        priority: "{priority}",
      },
    },
  },

  // The exam bank: English, and Vietnamese.
  "exam:assigned": {
    student: {
      to: "notifications:user:{userId}",
      pick: ["examId", "examTitle", "questions", "dueAt"],
      notification: {
        type: "exam",
        title: { en: "New exam", vi: "Đề thi mới" },
        message: {
          en: "{examTitle}: {questions} questions, due {dueAt:time}",
          vi: "{examTitle}: {questions} câu hỏi, hạn nộp {dueAt:time}",
        },
      },
    },
  },
  "exam:published": {
    role: {
      to: "notifications:role:{role}",
      pick: ["examId", "examTitle"],
      notification: {
        type: "exam",
        title: { en: "Exam published", vi: "Đề thi đã được công bố" },
        message: { en: "{examTitle} is now available", vi: "Đã có đề thi {examTitle}" },
      },
    },
  },

  // The clinic's back office: what its pages follow.
  ANNOUNCEMENT: {
    everyone: { to: "system:announcements" },
  },
  QUEUE_UPDATE: {
    clinic: { to: "clinic:{clinicId}:queue" },
  },
  CLINIC_ALERT: {
    clinic: { to: "clinic:{clinicId}:alerts" },
  },

  // The licensing office: English, and Thai.
  "application:status-changed": {
    applicant: {
      to: "user:{applicantId}",
      pick: ["applicationId", "applicationNumber", "status", "previousStatus"],
      notification: {
        type: "application",
        title: { en: "Application updated", th: "คำขอมีการอัพเดท" },
        message: {
          en: "Application {applicationNumber}: {status}",
          th: "คำขอ {applicationNumber}: {status}",
        },
      },
    },
  },
  "application:assigned": {
    assignee: {
      to: "user:{assigneeId}",
      pick: ["applicationId", "applicationNumber", "assignedBy"],
      notification: {
        type: "assignment",
        title: { en: "Application assigned to you", th: "คุณได้รับมอบหมายคำขอ" },
        message: {
          en: "Application {applicationNumber} is yours to handle",
          th: "คำขอ {applicationNumber} อยู่ในความดูแลของคุณ",
        },
      },
    },
  },
  "system:alert": {
    everyone: {
      to: { everyone: true },
      notification: { type: "alert", title: "{title}", message: "{message}", priority: "high" },
    },
  },
});
