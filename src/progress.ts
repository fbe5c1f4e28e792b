/** @param progress 0..1. @param message what is being done now, for people. */
export type ReportProgress = (progress: number, message: string) => void;
