package server

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/msgen/msgen/kit/router"
)

// metrics are what /metrics shows of the requests. Labels come from the contract, never from requests: a route is its
// template, a method that no route declares is OTHER.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	panics     *prometheus.CounterVec
	deprecated *prometheus.CounterVec
	shed       prometheus.Counter
	turnedAway prometheus.Counter // those of refused with 503
	refused    *prometheus.CounterVec

	routes    sync.Map // *router.Route to *routeMetrics, filled as routes are used
	unmatched sync.Map // method to *routeMetrics
}

// routeMetrics are those of one route, looked up once.
type routeMetrics struct {
	method, template, operation string
	all                         *metrics
	inFlight                    atomic.Int64
	duration                    prometheus.Observer
	panics                      prometheus.Counter
	deprecated                  prometheus.Counter // nil when it isn't
	codes                       atomic.Pointer[[]codeCounter]
	log                         atomic.Pointer[slog.Handler]
}

type codeCounter struct {
	status int
	prometheus.Counter
}

func newMetrics(more []prometheus.Collector) (*metrics, error) {
	route := []string{"method", "route"}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered.",
		}, append(route, "code")),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time from the head of a request to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, route),
		panics: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_panics_total", Help: "Handlers that panicked.",
		}, route),
		deprecated: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_deprecated_requests_total", Help: "Calls of deprecated operations.",
		}, []string{"method", "route", "operation", "version"}),
		shed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "http_requests_shed_total", Help: "Requests sent away with 503 because too many were in flight.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_refused_total", Help: "Requests answered before a handler saw them, or at their deadline.",
		}, []string{"code"}),
	}
	m.turnedAway = m.refused.WithLabelValues(code(http.StatusServiceUnavailable))
	all := append([]prometheus.Collector{m.requests, m.durations, m.panics, m.deprecated, m.shed, m.refused, (*inFlight)(m),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})}, more...)
	for _, c := range all {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// route is the metrics of a route; nil is the route of requests that have none.
func (m *metrics) route(rt *router.Route, method string) *routeMetrics {
	if rt == nil {
		return m.noRoute(method)
	}
	if known, ok := m.routes.Load(rt); ok {
		return known.(*routeMetrics)
	}
	r := m.resolve(rt.Method, rt.Path)
	r.operation = rt.Operation
	if rt.Deprecated {
		r.deprecated = m.deprecated.WithLabelValues(rt.Method, rt.Path, rt.Operation, rt.Version)
	}
	known, _ := m.routes.LoadOrStore(rt, r)
	return known.(*routeMetrics)
}

func (m *metrics) noRoute(method string) *routeMetrics {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "OTHER"
	}
	if known, ok := m.unmatched.Load(method); ok {
		return known.(*routeMetrics)
	}
	known, _ := m.unmatched.LoadOrStore(method, m.resolve(method, "unmatched"))
	return known.(*routeMetrics)
}

func (m *metrics) resolve(method, template string) *routeMetrics {
	return &routeMetrics{
		method: method, template: template, all: m,
		duration: m.durations.WithLabelValues(method, template),
		panics:   m.panics.WithLabelValues(method, template),
	}
}

// observe counts an answer.
func (r *routeMetrics) observe(status int, seconds float64) {
	r.duration.Observe(seconds)
	if list := r.codes.Load(); list != nil {
		for _, c := range *list {
			if c.status == status {
				c.Inc()
				return
			}
		}
	}
	counter := r.all.requests.WithLabelValues(r.method, r.template, code(status))
	counter.Inc()
	for {
		old := r.codes.Load()
		var list []codeCounter
		if old != nil {
			list = append(list, *old...)
		}
		list = append(list, codeCounter{status, counter})
		if r.codes.CompareAndSwap(old, &list) {
			return
		}
	}
}

// code is the label of a status; handlers that invent statuses share one.
func code(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status)
}

// inFlight collects the requests that are being served, by route.
type inFlight metrics

func (m *inFlight) describe() *prometheus.Desc {
	return prometheus.NewDesc("http_requests_in_flight", "Requests that are being served.", []string{"method", "route"}, nil)
}

// Describe sends the only description.
func (m *inFlight) Describe(ch chan<- *prometheus.Desc) { ch <- m.describe() }

// Collect sends a gauge for each route that was used.
func (m *inFlight) Collect(ch chan<- prometheus.Metric) {
	(*metrics)(m).each(func(r *routeMetrics) {
		ch <- prometheus.MustNewConstMetric(m.describe(), prometheus.GaugeValue, float64(r.inFlight.Load()), r.method, r.template)
	})
}

// each visits the routes that were used.
func (m *metrics) each(visit func(*routeMetrics)) {
	for _, all := range []*sync.Map{&m.routes, &m.unmatched} {
		all.Range(func(_, r any) bool {
			visit(r.(*routeMetrics))
			return true
		})
	}
}
