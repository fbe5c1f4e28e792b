import type { TaskName } from '../../jobs/task';
import type { TrainModelInput, TrainModelOutput } from './train-model';

export const trainModel: TaskName<TrainModelInput, TrainModelOutput> = {
  module: 'models/training/train-model',
};
