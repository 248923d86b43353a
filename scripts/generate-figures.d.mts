export function generateFigures(): string;
export function generateFigureNames(): string;
export function generateCountyList(): string;
