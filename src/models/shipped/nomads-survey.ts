import type { ColumnEncoding } from '../../onnx/manifest';

/** The questions of the community's survey, and from each choice's spelling there to the app's key. */
const QUESTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '¿Qué actividades deportivas te gusta practicar?': {
    Climbing: 'climbing',
    Fitness: 'fitness',
    Football: 'football',
    Paddle: 'paddle',
    Running: 'running',
    Surf: 'surf',
    Trecking: 'trecking',
    Voley: 'volley',
  },
  '¿Cuáles son tus actividades culturales favoritas?': {
    Bookstores: 'bookstores',
    Concerts: 'concerts',
    'Guided visits': 'guidedVisits',
    Movies: 'movies',
    Museums: 'museums',
    Parks: 'parks',
    'Rural tourism': 'ruralTourism',
    Theaters: 'theaters',
  },
  '¿Qué tipo de comida te gusta?': {
    Burgers: 'burguers',
    Chinese: 'chinese',
    Indian: 'indian',
    Italian: 'italian',
    Mediterranean: 'mediterranean',
    Sushi: 'sushi',
  },
  'Además, en tu tiempo de ocio te gusta...': {
    Coffee: 'coffee',
    'Drinks at night': 'drinks',
    Parties: 'parties',
    Sunsets: 'sunsets',
  },
};

/**
 * How the survey's answers become the 26 interests: so a model that is trained on it anew keeps the app's keys. Tables
 * of 26 columns that are named by the keys are understood without being declared (`resolveEncoding`, `fitEncoding`).
 */
export function surveyEncoding(): ColumnEncoding[] {
  return Object.entries(QUESTIONS).map(([column, choices]) => ({
    kind: 'MULTI_CHOICE',
    column,
    separator: ',',
    choices: { ...choices },
  }));
}
