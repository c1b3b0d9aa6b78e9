// What a shared library of host twins hands to the driver.
#pragma once
#include "simulator.h"

struct GbSimulatorModule {
    GbSimulatorThread** current;
    const GbSimulatorServices** services;
    const GbSimulatorKernel* first;
};
