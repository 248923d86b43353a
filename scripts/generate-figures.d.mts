export function generateFigures(): string;
export function generateFigureNames(): string;
export function generateCountyList(): string;
export function generateDefinitions(): string;
export function generateDefinitionsPage(): string;
