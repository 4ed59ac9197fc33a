// The thread on which the simulation and its debug adapter live.
export {};
