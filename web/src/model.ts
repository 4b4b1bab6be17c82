// What the server says, field for field as src/jointwatch/messages/picture.py has it; a test compares the two.

export interface Ellipse {
  latitude_deg: number;
  longitude_deg: number;
  semi_major_km: number;
  semi_minor_km: number;
  azimuth_deg: number;
}

export interface PointInTime {
  time_utc: string;
  sigma_s: number;
  ellipse: Ellipse;
}

export interface PictureTrack {
  id: string;
  status: string;
  phase: string;
  latitude_deg: number;
  longitude_deg: number;
  altitude_km: number;
  speed_km_s: number;
  heading_deg: number;
  sigma_km: [number, number, number];
  first_seen_utc: string;
  last_seen_utc: string;
  plots: number;
  sources: string[];
  owners: string[];
  verdict: string;
  p_space: number;
  reason: string;
  range_class: string;
  launch: PointInTime | null;
  impact: PointInTime | null;
  apogee_km: number | null;
  prediction: [number, number, number, number][];
}

export interface PictureSatellite {
  number: number;
  name: string;
  latitude_deg: number;
  longitude_deg: number;
  altitude_km: number;
  plots: number;
}

export interface PictureCorrelation {
  object: string;
  standing: string;
  announced: string;
  nature: string;
  said_utc: string;
  text: string;
}

export interface Picture {
  perspective: string;
  as_of_utc: string;
  as_of_tai_ns: number;
  tracks: PictureTrack[];
  satellites: PictureSatellite[];
  correlations: PictureCorrelation[];
}

export interface FeedView {
  of: string;
  sensor: string;
  standing: string;
  text: string;
  as_of_utc: string;
}

export interface CentreState {
  id: string;
  process: string;
  link: string;
  entries: number;
  verified: number;
  cosigned: number;
  text: string;
  feeds: FeedView[];
}

export interface Snapshot {
  seq: number;
  time_utc: string;
  centres: CentreState[];
  pictures: Picture[];
  joint_agrees: boolean | null;
}

export interface Event {
  seq: number;
  time_utc: string;
  centre: string;
  kind: string;
  text: string;
}

export interface FaceView {
  name: string;
  azimuth_from_deg: number;
  azimuth_to_deg: number;
  elevation_min_deg: number;
  elevation_max_deg: number;
  on_duty: boolean;
  note: string;
}

export interface RadarView {
  id: string;
  name: string;
  owner: string;
  feeds: string;
  latitude_deg: number;
  longitude_deg: number;
  height_m: number;
  range_km: number;
  faces: FaceView[];
  volume: string;
}

export interface CentreView {
  id: string;
  name: string;
  latitude_deg: number | null;
  longitude_deg: number | null;
  fingerprint: string;
}

export interface RunView {
  run: string;
  scenario: string;
  variant: string;
  title: string;
  mode: string;
  counterfactual: boolean;
  banner: string;
  start_utc: string;
  speed: number;
  centres: CentreView[];
  radars: RadarView[];
  notes: string[];
}

/** What is there to read once the run is over. */
export interface Finished {
  run: string;
  report: boolean;
  statement: boolean;
  summary: string;
}

export type Message =
  | { kind: "run"; run: RunView | null }
  | { kind: "snapshot"; run: string; snapshot: Snapshot }
  | { kind: "event"; run: string; event: Event }
  | ({ kind: "finished" } & Finished);

export const JOINT = "joint";
