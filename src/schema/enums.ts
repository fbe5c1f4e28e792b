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

export enum ApiKeyRole {
  ADMIN = 'ADMIN',
  APP = 'APP',
}
registerEnumType(ApiKeyRole, {
  name: 'ApiKeyRole',
  description: 'What a key may do.',
  valuesConfig: {
    ADMIN: { description: 'Everything in its organization.' },
    APP: { description: 'Assign anyone, and read.' },
  },
});

export enum ColumnType {
  TEXT = 'TEXT',
  INTEGER = 'INTEGER',
  NUMBER = 'NUMBER',
  BOOLEAN = 'BOOLEAN',
  ITEMS = 'ITEMS',
}
registerEnumType(ColumnType, {
  name: 'ColumnType',
  description: 'What the cells of a column are.',
  valuesConfig: { ITEMS: { description: 'A list of texts: a line of a basket file.' } },
});

export enum ColumnEncodingKind {
  IGNORE = 'IGNORE',
  MULTI_CHOICE = 'MULTI_CHOICE',
  CATEGORY = 'CATEGORY',
  BOOLEAN = 'BOOLEAN',
  NUMBER = 'NUMBER',
  BASKET = 'BASKET',
}
registerEnumType(ColumnEncodingKind, {
  name: 'ColumnEncodingKind',
  description: 'How a column becomes features.',
  valuesConfig: {
    IGNORE: { description: 'It does not.' },
    MULTI_CHOICE: { description: 'Text with several choices ("Surf, Running"): a feature each.' },
    CATEGORY: { description: 'One of several values: a feature each.' },
    BOOLEAN: { description: 'One feature, 0 or 1.' },
    NUMBER: { description: 'One feature, scaled. Negative values are an error.' },
    BASKET: { description: 'A ragged list of items per line: a feature each.' },
  },
});

export enum NumberScale {
  NONE = 'NONE',
  MAX = 'MAX',
  LOG = 'LOG',
}
registerEnumType(NumberScale, {
  name: 'NumberScale',
  description: 'What is done to a number.',
  valuesConfig: {
    NONE: { description: 'Nothing.' },
    MAX: { description: 'It is divided by the largest.' },
    LOG: { description: 'Its log(1 + value) is divided by the largest.' },
  },
});
