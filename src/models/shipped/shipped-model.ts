/** The model that every organization has from the beginning. */
export const SHIPPED_MODEL = { id: 'nomads-1', name: 'nomads', version: 1 } as const;
