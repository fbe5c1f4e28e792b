import type { TaskName } from '../jobs/task';
import type { BuildReportInput } from './build-report';
import type { ReportContent } from './report';

export const buildReport: TaskName<BuildReportInput, ReportContent> = { module: 'reports/build-report' };
