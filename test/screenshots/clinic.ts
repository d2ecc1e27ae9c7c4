import type { Page } from "playwright-core";

const queue = (waiting: number, serving: string | null) => ({
  event: "QUEUE_UPDATE",
  data: { clinicId: "7", waiting, serving },
});

const alert = (level: string, message: string) => ({
  event: "CLINIC_ALERT",
  data: { clinicId: "7", level, message },
});

/** A morning at clinic 7. */
export const clinicDay: readonly object[] = [
  queue(9, "A-12"),
  queue(8, "A-13"),
  queue(11, "A-14"),
  queue(10, "B-02"),
  queue(9, "A-15"),
  alert("info", "The pharmacy closes at 17:00 today."),
  alert("warning", "Paracetamol is running low."),
  alert("critical", "Emergency in room 3. Doctor needed now."),
  { event: "ANNOUNCEMENT", data: { message: "The canteen serves lunch until 14:00.", at: "2026-11-21" } },
];

/** Two notes on the board. */
export async function leaveNotes(page: Page): Promise<void> {
  for (const text of [
    "B-02 needs a wheelchair.",
    "Lab results of A-14 are here, please call again at three.",
  ]) {
    await page.getByLabel("A note to the others").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(text).first().waitFor();
  }
}

/** A broadcast in both languages, not yet sent. */
export async function writeBroadcast(page: Page): Promise<void> {
  const inputs = page.locator(".broadcast .form-row");
  await page.locator(".broadcast .pills").nth(1).locator("label").nth(2).click();
  await page.locator(".audience-detail label").first().click();
  await page
    .locator(".broadcast .pills")
    .filter({ has: page.locator("label:nth-child(4)") })
    .nth(1)
    .locator("label")
    .nth(2)
    .click();
  await inputs.locator("input").nth(0).fill("Fire drill at three");
  await inputs
    .locator("textarea")
    .nth(0)
    .fill("Please leave by the east stairs. Patients stay with their nurse.");
  await inputs.locator("input").nth(1).fill("ซ้อมหนีไฟบ่ายสามโมง");
  await inputs.locator("textarea").nth(1).fill("โปรดใช้บันไดฝั่งตะวันออก และให้พยาบาลดูแลผู้ป่วยของตน");
}

/** A broadcast that was sent, and who has it. */
export async function sendBroadcast(page: Page): Promise<void> {
  await writeBroadcast(page);
  await page.locator(".broadcast button[type=submit]").click();
  await page.locator(".receipts li").first().waitFor();
}

/** The panel that plays the backend, open. */
export async function playClinic(page: Page): Promise<void> {
  await page.locator(".play-toggle").click();
  await page.locator(".acts button").first().click();
  await page.locator(".played li").first().waitFor();
}

/** The board follows its room. */
export async function waitForBoard(page: Page): Promise<void> {
  await page.locator(".board .chip[data-tone=green]").first().waitFor();
}
