import { registerEnumType } from 'type-graphql';

/** GraphQL's EN and ES; the values are the manifest's locales. */
export enum Locale {
  EN = 'en',
  ES = 'es',
}
registerEnumType(Locale, { name: 'Locale', description: 'A language that labels are written in.' });

export enum MembershipEventKind {
  JOINED = 'JOINED',
  LEFT = 'LEFT',
  MOVED = 'MOVED',
}
registerEnumType(MembershipEventKind, {
  name: 'MembershipEventKind',
  description: 'What happened to a member in a city.',
  valuesConfig: {
    JOINED: { description: 'Came into the city.' },
    LEFT: { description: 'Left the city.' },
    MOVED: { description: 'Went from one room of the city to another.' },
  },
});

export enum Task {
  SEGMENTATION = 'SEGMENTATION',
}
registerEnumType(Task, { name: 'Task', description: 'What a model is for.' });

export enum Algorithm {
  NMF = 'NMF',
  KMEANS = 'KMEANS',
}
registerEnumType(Algorithm, { name: 'Algorithm', description: 'How a model was trained.' });
