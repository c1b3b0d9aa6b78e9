#include "bank_conflicts.h"
#include <algorithm>
#include <unordered_map>
#include <vector>
#include "execution.h"
#include "settings.h"

namespace gbsim {

namespace {

// The n-th time each lane of a warp executes one instruction is taken for one access of the warp: right as long as the
// lanes run the same path, which is when a conflict costs most.
struct Site {
    std::vector<unsigned> rounds;
    unsigned seen[32] = {};
};

std::unordered_map<unsigned long long, Site> sites;
// The distinct words that one access of a warp asked for, and how many of them lie in each bank.
struct Round {
    std::vector<size_t> words;
    unsigned char degree[32] = {};
    unsigned worst = 1;
};
std::vector<Round> rounds;

}

void beginBankConflicts() {
    sites.clear();
    rounds.clear();
}

void countBankConflict(size_t offset, unsigned bytes, const void* instruction) {
    unsigned lane = running.current->lane();
    // Wide accesses go in phases: 8 bytes in two half warps, 16 bytes in four quarters.
    unsigned lanesPerPhase = bytes <= 4 ? 32 : 128 / bytes;
    unsigned long long key = reinterpret_cast<unsigned long long>(instruction) * 1024 + running.current->warp() * 8 + lane / lanesPerPhase;
    Site& site = sites[key];
    unsigned turn = site.seen[lane]++;
    if (turn == site.rounds.size()) {
        site.rounds.push_back(static_cast<unsigned>(rounds.size()));
        rounds.push_back({});
        counters.sharedAccesses++;
    }
    Round& round = rounds[site.rounds[turn]];
    for (size_t word = offset / 4; word <= (offset + bytes - 1) / 4; word++) {
        if (std::find(round.words.begin(), round.words.end(), word) != round.words.end()) continue;
        round.words.push_back(word);
        unsigned char& degree = round.degree[word % 32];
        if (++degree <= round.worst) continue;
        round.worst = degree;
        counters.sharedConflicts++;
    }
}

}
