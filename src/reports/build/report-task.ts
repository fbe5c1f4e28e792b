import type { TaskName } from '../../jobs/task';
import type { ReportContent } from '../report';
import type { BuildReportInput } from './build-report';

export const buildReport: TaskName<BuildReportInput, ReportContent> = {
  module: 'reports/build/build-report',
};
