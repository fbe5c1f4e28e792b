import type { Feature, SegmentationManifest } from '../../onnx/manifest';
import { surveyEncoding } from './nomads-survey';

/** The community's model as it was published: `model/published-components.json`. */
export interface PublishedModel {
  readonly features: readonly string[];
  /** Segments × features. */
  readonly components: readonly (readonly number[])[];
}

/** The keys are a contract with the app, odd spellings included; the order is the published components'. */
const FEATURES: Feature[] = [
  interest('sport', 'climbing', 'Climbing', 'Escalada'),
  interest('sport', 'fitness', 'Fitness', 'Fitness'),
  interest('sport', 'football', 'Football', 'Fútbol'),
  interest('sport', 'paddle', 'Padel', 'Pádel'),
  interest('sport', 'running', 'Running', 'Correr'),
  interest('sport', 'surf', 'Surfing', 'Surf'),
  interest('sport', 'trecking', 'Trekking', 'Senderismo'),
  interest('sport', 'volley', 'Volleyball', 'Voleibol'),
  interest('culture', 'bookstores', 'Bookstores', 'Librerías'),
  interest('culture', 'concerts', 'Concerts', 'Conciertos'),
  interest('culture', 'guidedVisits', 'Guided visits', 'Visitas guiadas'),
  interest('culture', 'movies', 'Movies', 'Cine'),
  interest('culture', 'museums', 'Museums', 'Museos'),
  interest('culture', 'parks', 'Parks', 'Parques'),
  interest('culture', 'ruralTourism', 'Rural tourism', 'Turismo rural'),
  interest('culture', 'theaters', 'Theaters', 'Teatro'),
  interest('food', 'burguers', 'Burgers', 'Hamburguesas'),
  interest('food', 'chinese', 'Chinese food', 'Comida china'),
  interest('food', 'indian', 'Indian food', 'Comida india'),
  interest('food', 'italian', 'Italian food', 'Comida italiana'),
  interest('food', 'mediterranean', 'Mediterranean food', 'Comida mediterránea'),
  interest('food', 'sushi', 'Sushi', 'Sushi'),
  interest('leisure', 'coffee', 'Coffee', 'Café'),
  interest('leisure', 'drinks', 'Drinks at night', 'Copas de noche'),
  interest('leisure', 'parties', 'Parties', 'Fiestas'),
  interest('leisure', 'sunsets', 'Sunsets', 'Atardeceres'),
];

const GROUPS: SegmentationManifest['groups'] = [
  { key: 'sport', label: { en: 'Sport', es: 'Deporte' } },
  { key: 'culture', label: { en: 'Culture', es: 'Cultura' } },
  { key: 'food', label: { en: 'Food', es: 'Comida' } },
  { key: 'leisure', label: { en: 'Leisure', es: 'Ocio' } },
];

const SEGMENTS: SegmentationManifest['segments'] = [
  {
    number: 1,
    key: 'dinner-and-a-movie',
    label: { en: 'Dinner and a movie', es: 'Cena y cine' },
    description: {
      en: 'Chinese food, movies and burgers, Italian and Indian food, and a coffee to go with them.',
      es: 'Comida china, cine y hamburguesas, comida italiana e india, y un café para acompañar.',
    },
  },
  {
    number: 2,
    key: 'countryside',
    label: { en: 'Countryside', es: 'Escapada rural' },
    description: {
      en: 'Rural tourism, Mediterranean food, trekking and guided visits: out of town to see something.',
      es: 'Turismo rural, comida mediterránea, senderismo y visitas guiadas: salir de la ciudad a ver mundo.',
    },
  },
  {
    number: 3,
    key: 'nightlife',
    label: { en: 'Nightlife', es: 'Vida nocturna' },
    description: {
      en: 'Drinks at night, parties and concerts: going out once the sun is down.',
      es: 'Copas de noche, fiestas y conciertos: salir cuando cae el sol.',
    },
  },
  {
    number: 4,
    key: 'stage-and-museums',
    label: { en: 'Stage and museums', es: 'Teatro y museos' },
    description: {
      en: 'Theaters, museums and bookstores, a movie now and then, and fitness to keep in shape.',
      es: 'Teatro, museos y librerías, cine de vez en cuando y fitness para mantenerse en forma.',
    },
  },
];

/** The survey's answers, as the model segments them. */
const SURVEY_ROWS_BY_SEGMENT = [27, 38, 22, 28];
const SURVEY_ROWS = 115;

/**
 * The manifest of the model that the gateway ships.
 *
 * @throws Error when the published features are not the vocabulary, in its order.
 */
export function nomadsManifest(published: PublishedModel): SegmentationManifest {
  const keys = FEATURES.map(({ key }) => key);
  if (published.features.join() !== keys.join()) {
    throw new Error(`The published features are ${published.features.join()}, not ${keys.join()}`);
  }
  return {
    name: 'nomads',
    task: 'SEGMENTATION',
    algorithm: 'NMF',
    createdAt: '2021-10-25T00:00:00.000Z',
    features: FEATURES,
    groups: GROUPS,
    segments: SEGMENTS,
    components: published.components.map((row) => [...row]),
    encoding: surveyEncoding(),
    metrics: { training: { rows: SURVEY_ROWS, segmentShares: surveyShares() } },
    datasetHash: null,
  };
}

function surveyShares(): Record<string, number> {
  return Object.fromEntries(
    SEGMENTS.map(({ key }, s) => [key, (SURVEY_ROWS_BY_SEGMENT[s] as number) / SURVEY_ROWS]),
  );
}

function interest(group: string, key: string, en: string, es: string): Feature {
  return { key, label: { en, es }, group };
}
