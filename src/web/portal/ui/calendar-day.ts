const calendarDay = /^\d{4}-\d{2}-\d{2}$/;

/** Whether it names a day of the calendar, which is the reader's own wherever they are, and no moment. */
export function isCalendarDay(date: string): boolean {
  return calendarDay.test(date);
}
